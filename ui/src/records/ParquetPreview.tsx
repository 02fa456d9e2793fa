import { useQuery } from "@tanstack/react-query";
import { useApi } from "../api/context";
import { Bone } from "../components/States";
import { parquetHeadApart } from "../lib/parquetApart";
import { FailureState } from "./FailureState";
import type { FileSource } from "./files";
import { TablePreview } from "./TablePreview";

/** The head of a Parquet file; only its footer and the first pages are fetched. */
export function ParquetPreview({ files, path, mostRows }: { files: FileSource; path: string; mostRows: number }) {
  const api = useApi();
  const { data, error, refetch } = useQuery({
    queryKey: [...files.key, "parquet", path, mostRows],
    queryFn: async () => {
      const read = (start: number, stop: number) => api.readBytes(files.url(path), start, stop);
      const { size } = await read(0, 1);
      return parquetHeadApart(size, async (start, stop) => (await read(start, stop)).bytes, mostRows);
    },
    staleTime: 30_000,
    retry: false,
  });
  if (error) return <FailureState what="The table could not be read" error={error} retry={() => void refetch()} />;
  return data ? <TablePreview head={data} /> : <Bone width="60%" height={200} />;
}
