import { ago, exactTime } from "../lib/format";
import { useNow } from "./useNow";

/** A moment as an age, with the exact local and UTC time on hover. */
export function Ago({ ms }: { ms: number | null | undefined }) {
  const now = useNow();
  if (!ms) return null;
  return (
    <time dateTime={new Date(ms).toISOString()} title={exactTime(ms)}>
      {ago(ms, now)}
    </time>
  );
}
