import { CircleCheck, CircleDot, CircleSlash, CircleX } from "lucide-react";
import type { PromotionState } from "../../api/registry/rules";
import styles from "./Promotions.module.css";

const MARKS = { open: CircleDot, merged: CircleCheck, rejected: CircleX, withdrawn: CircleSlash };
export const STATE_WORDS: Record<PromotionState, string> = { open: "Open", merged: "Merged", rejected: "Rejected", withdrawn: "Withdrawn" };

/** What became of a request, by colour and by shape. */
export function PromotionMark({ state, wordless }: { state: PromotionState; wordless?: boolean }) {
  const Icon = MARKS[state];
  return (
    <span className={`${styles.mark} ${styles[state]}`}>
      <Icon size={14} aria-hidden />
      {wordless ? <span className="sr-only">{STATE_WORDS[state]}</span> : STATE_WORDS[state]}
    </span>
  );
}
