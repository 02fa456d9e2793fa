import { useMemo } from "react";
import { useApi } from "../../api/context";
import { modelKeys } from "../../api/registry/queries";
import type { FileSource } from "../../records/files";

/** The files of a version. */
export function useVersionFiles(name: string, version: number): FileSource {
  const { registry } = useApi();
  return useMemo(
    () => ({
      key: modelKeys.files(name, version),
      list: (path) => registry.listVersionFiles(name, version, path),
      url: (path) => registry.versionFileUrl(name, version, path),
      read: (path, maxBytes) => registry.readVersionFile(name, version, path, maxBytes),
    }),
    [registry, name, version],
  );
}
