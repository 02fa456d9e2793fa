import { type ReactNode, useState } from "react";
import { Button } from "../../components/Button";
import styles from "./accounts.module.css";

/** Controls of so many lines are drawn at once; whom one looks for is found by name. */
const STEP = 50;

/** The first of a long list, and what shows more of it. */
export function useFirst<T>(all: readonly T[]): { first: T[]; more: ReactNode } {
  const [n, setN] = useState(STEP);
  const rest = all.length - n;
  if (rest <= 0) return { first: [...all], more: null };
  return {
    first: all.slice(0, n),
    more: (
      <p className={styles.more}>
        {n} of {all.length} are shown.
        <Button small look="quiet" onClick={() => setN(n + STEP)}>
          Show {Math.min(STEP, rest)} more
        </Button>
      </p>
    ),
  };
}
