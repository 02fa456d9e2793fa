import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useApi } from "../api/context";
import { count } from "../lib/format";
import { MOST_PIXELS, imageSize } from "../lib/imageSize";
import styles from "./ArtifactPreview.module.css";

/** Where a head of any sense ends; smaller files are read in one go. */
const HEAD_BYTES = 1024 * 1024;
const KEPT_MS = 60_000;

/** An image in a file, shown once its first bytes have said that it is not too large to be unpacked. */
export function FileImage({ url, alt, className }: { url: string; alt: string; className?: string | undefined }) {
  const api = useApi();
  const [isBroken, setBroken] = useState(false);
  const { data, error } = useQuery({
    queryKey: ["image", url],
    queryFn: async () => {
      const { bytes, size } = await api.readBytes(url, 0, HEAD_BYTES);
      return { found: imageSize(new Uint8Array(bytes)), whole: size <= bytes.byteLength ? new Blob([bytes]) : null };
    },
    staleTime: Infinity,
    gcTime: KEPT_MS,
    retry: false,
  });
  const own = useObjectUrl(data?.whole ?? null);
  if (error) return <span className={styles.note}>The image could not be loaded: {error.message}</span>;
  if (!data) return <span className={styles.note} aria-busy />;
  if (!data.found || isBroken) return <span className={styles.note}>This is no image that can be shown here; the file can be downloaded.</span>;
  const { width, height } = data.found;
  if (width * height > MOST_PIXELS) {
    return (
      <span className={styles.note}>
        The image has {count(width)} × {count(height)} pixels, too many to show here; the file can be downloaded.
      </span>
    );
  }
  const address = data.whole ? own : url;
  return address ? <img className={className} src={address} alt={alt} onError={() => setBroken(true)} /> : <span className={styles.note} aria-busy />;
}

/** An address of what lies in memory, for as long as it is needed. */
function useObjectUrl(blob: Blob | null): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return;
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => {
      URL.revokeObjectURL(made);
      setAddress(null);
    };
  }, [blob]);
  return address;
}
