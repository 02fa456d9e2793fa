import { Link } from "@tanstack/react-router";
import styles from "./Alias.module.css";

/** Aliases as chips that lead to their version. */
export function AliasChips({ name, aliases, most = Infinity }: { name: string; aliases: readonly (readonly [string, number])[]; most?: number }) {
  const rest = aliases.slice(most);
  return (
    <span className={styles.chips}>
      {aliases.slice(0, most).map(([alias, version]) => (
        <Link
          key={alias}
          to="/models/$name/$version"
          params={{ name, version: String(version) }}
          className={styles.chip}
          title={`${alias} is version ${version}`}
          onClick={(event) => event.stopPropagation()}
        >
          <span className={styles.word}>@{alias}</span>
        </Link>
      ))}
      {rest.length > 0 && (
        <span className={styles.more} title={rest.map(([alias, version]) => `@${alias} v${version}`).join("\n")}>
          +{rest.length}
        </span>
      )}
    </span>
  );
}
