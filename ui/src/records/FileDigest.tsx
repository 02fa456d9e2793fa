import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../components/Button";
import { CopyButton } from "../components/Code";
import { Bone } from "../components/States";
import { cutMiddle } from "../lib/format";
import type { FileSource } from "./files";
import styles from "./FileBrowser.module.css";

const AT_ONCE = 64 * 1024 * 1024;

/** Computed by the server: at once for what is read in a moment, when somebody asks for long files. */
export function FileDigest({ files, path, size }: { files: FileSource; path: string; size: number | null | undefined }) {
  const [isWanted, setWanted] = useState(false);
  const isShort = size !== null && size !== undefined && size <= AT_ONCE;
  const { data, error, isFetching } = useQuery({
    queryKey: [...files.key, "digest", path],
    queryFn: () => files.digest?.(path) ?? null,
    enabled: files.digest !== undefined && (isShort || isWanted),
    staleTime: 60_000,
    retry: false,
  });
  if (!files.digest) return <span className={styles.digest} />;
  const hex = data?.replace("sha256:", "");
  return (
    <span className={styles.digest}>
      SHA-256
      {hex ? (
        <>
          <code title={hex}>{cutMiddle(hex, 24)}</code>
          <CopyButton text={hex} label="Copy the digest" />
        </>
      ) : error ? (
        <span role="alert">{error.message}</span>
      ) : isShort || isFetching ? (
        <Bone width={160} />
      ) : (
        <Button small look="quiet" onClick={() => setWanted(true)}>
          Compute it
        </Button>
      )}
    </span>
  );
}
