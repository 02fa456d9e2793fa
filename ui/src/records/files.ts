/** Files that pages show, wherever they lie. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useApi } from "../api/context";
import type { ArtifactEntry } from "../api/model";
import { keys } from "../api/queries";

/** A place with files: of a run, or of a version of a model. */
export interface FileSource {
  /** Of the questions about this place. */
  key: readonly string[];
  list: (path: string) => Promise<ArtifactEntry[]>;
  /** An address a browser may load or download. */
  url: (path: string) => string;
  /** The first bytes of a file, as text. */
  read: (path: string, maxBytes: number) => Promise<{ text: string; isWhole: boolean }>;
  /** `sha256:` and 64 hex digits, where the server computes digests of such files. */
  digest?: (path: string) => Promise<string>;
}

export function useRunFiles(runId: string): FileSource {
  const api = useApi();
  return useMemo(
    () => ({
      key: keys.artifacts(runId),
      list: (path) => api.listArtifacts(runId, path),
      url: (path) => api.artifactUrl(runId, path),
      read: (path, maxBytes) => api.readArtifact(runId, path, maxBytes),
      digest: (path) => api.digestArtifact(runId, path),
    }),
    [api, runId],
  );
}

/** What lies in a folder; the empty path is the place itself. */
export function useFolder(files: FileSource, path: string, enabled = true) {
  return useQuery({ queryKey: [...files.key, "list", path], queryFn: () => files.list(path), enabled });
}

export function useFileText(files: FileSource, path: string, maxBytes: number, enabled = true) {
  return useQuery({
    queryKey: [...files.key, "text", path, maxBytes],
    queryFn: () => files.read(path, maxBytes),
    enabled,
    staleTime: 30_000,
  });
}

export function useArtifacts(runId: string, path: string, enabled = true) {
  return useFolder(useRunFiles(runId), path, enabled);
}

export function useArtifactText(runId: string, path: string, maxBytes: number, enabled = true) {
  return useFileText(useRunFiles(runId), path, maxBytes, enabled);
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));
