import { useState } from "react";
import { count, cutMiddle } from "../lib/format";
import styles from "./LongText.module.css";

/** Text of any length: a long one is cut in the middle until somebody wants all of it. */
export function LongText({ text, most = 160 }: { text: string; most?: number }) {
  const [isWhole, setWhole] = useState(false);
  if (text.length <= most) return text;
  return (
    <>
      <span className={isWhole ? styles.whole : undefined}>{isWhole ? text : cutMiddle(text, most)}</span>
      <button type="button" className={styles.more} aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
        {isWhole ? "Show less" : `Show all ${count(text.length)} characters`}
      </button>
    </>
  );
}
