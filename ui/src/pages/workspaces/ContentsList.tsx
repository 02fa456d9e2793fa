import type { Contents } from "../../api/workspaces/client";
import { contentsInWords } from "./contents";
import styles from "./workspaces.module.css";

/** What a workspace holds. */
export function ContentsList({ contents }: { contents: Contents }) {
  const told = contentsInWords(contents);
  if (!told.length) return <p>It holds nothing.</p>;
  return (
    <dl className={styles.contents}>
      {told.map(([word, value]) => (
        <div key={word}>
          <dt>{word}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
