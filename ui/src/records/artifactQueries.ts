import { useQuery } from "@tanstack/react-query";
import { useApi } from "../api/context";
import { keys } from "../api/queries";

export function useArtifacts(runId: string, path: string, enabled = true) {
  const api = useApi();
  return useQuery({ queryKey: [...keys.artifacts(runId), "list", path], queryFn: () => api.listArtifacts(runId, path), enabled });
}

export function useArtifactText(runId: string, path: string, maxBytes: number, enabled = true) {
  const api = useApi();
  return useQuery({
    queryKey: [...keys.artifacts(runId), "text", path, maxBytes],
    queryFn: () => api.readArtifact(runId, path, maxBytes),
    enabled,
    staleTime: 30_000,
  });
}
