import { Eye } from "lucide-react";
import type { Ability } from "../../api/accounts/abilities";
import { ABILITY_MEANINGS, listed } from "./words";
import styles from "./RoleMark.module.css";

/** What every contributor may do; who has less is told so. */
const USUAL: readonly Ability[] = ["record", "organize", "register", "promote", "submit", "develop"];

/** Beside what a record is: that who sits here only reads it, or may do a part of the usual. Nothing for those who may change it. */
export function RoleMark({ abilities }: { abilities: readonly Ability[] | undefined }) {
  if (!abilities?.includes("read") || USUAL.every((one) => abilities.includes(one))) return null;
  const others = abilities.filter((one) => one !== "read");
  const may = others.length ? `Beside reading, you may ${listed(others.map((one) => ABILITY_MEANINGS[one]))} here, and nothing else.` : "You are a reader here, who sees everything in it and changes nothing.";
  return (
    <span className={styles.mark} title={`${may} Access, in the menu, says why.`}>
      <Eye size={12} aria-hidden />
      {others.length ? `May ${listed(["read", ...others])}` : "Read only"}
    </span>
  );
}
