import { Eye } from "lucide-react";
import type { Role } from "../../api/accounts/model";
import { ROLE_MEANINGS } from "./words";
import styles from "./RoleMark.module.css";

/** Beside what a record is: that who sits here only reads it. Nothing for those who may change it. */
export function RoleMark({ role }: { role: Role | undefined }) {
  if (role !== "reader") return null;
  return (
    <span className={styles.mark} title={`You are a reader here, who ${ROLE_MEANINGS.reader} and changes nothing. Access, in the menu, says why.`}>
      <Eye size={12} aria-hidden />
      Read only
    </span>
  );
}
