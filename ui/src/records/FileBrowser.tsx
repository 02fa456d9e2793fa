import { Download } from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "../components/Code";
import { LinkButton } from "../components/LinkButton";
import { Bone, EmptyState } from "../components/States";
import { bytes } from "../lib/format";
import { ArtifactPreview, previewKind } from "./ArtifactPreview";
import { ArtifactTree } from "./ArtifactTree";
import { FailureState } from "./FailureState";
import { FileDigest } from "./FileDigest";
import { type FileSource, folderOf, nameOf, useFolder } from "./files";
import styles from "./FileBrowser.module.css";

/** The files of a place as a tree, and a look into the chosen one. */
export function FileBrowser({
  files,
  chosen,
  onChoose,
  empty,
  tools,
}: {
  files: FileSource;
  /** Path of the file that is shown; undefined: the first one that can be looked into. */
  chosen: string | undefined;
  onChoose: (path: string) => void;
  /** Stands where there are none. */
  empty: ReactNode;
  /** Further buttons for the chosen file. */
  tools?: (path: string) => ReactNode;
}) {
  const top = useFolder(files, "");
  const file = chosen ?? top.data?.find((entry) => !entry.isDir && previewKind(entry.path) !== "unknown")?.path ?? "";
  if (top.error) return <FailureState what="The files could not be listed" error={top.error} retry={() => void top.refetch()} />;
  if (top.data?.length === 0) return empty;
  return (
    <div className={styles.split}>
      {top.data ? (
        <ArtifactTree files={files} entries={top.data} chosen={file} onChoose={onChoose} />
      ) : (
        <div className={styles.bones}>
          <Bone width={160} />
        </div>
      )}
      <div className={styles.view}>
        {file ? (
          <ChosenFile files={files} path={file} tools={tools} />
        ) : (
          <EmptyState title="Choose a file" text="Text, tables, images, sound and pages are shown here; everything can be downloaded." />
        )}
      </div>
    </div>
  );
}

function ChosenFile({ files, path, tools }: { files: FileSource; path: string; tools: ((path: string) => ReactNode) | undefined }) {
  const folder = useFolder(files, folderOf(path));
  const size = folder.data?.find((entry) => entry.path === path)?.size;
  return (
    <>
      <div className={styles.head}>
        <code title={path}>{path}</code>
        <CopyButton text={path} label="Copy the path" />
        <span className={styles.size}>{bytes(size)}</span>
        <FileDigest key={`digest of ${path}`} files={files} path={path} size={size} />
        <LinkButton look="quiet" render={<a href={files.url(path)} download={nameOf(path)} />}>
          <Download size={14} />
          Download
        </LinkButton>
        {tools?.(path)}
      </div>
      <div className={styles.body}>
        <ArtifactPreview key={path} files={files} path={path} />
      </div>
    </>
  );
}
