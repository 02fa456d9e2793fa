import { Unlink } from "lucide-react";
import type { Identity } from "../../api/accounts/model";
import { useEntrance } from "../../api/accounts/queries";
import { IconButton } from "../../components/Button";
import { Ago } from "../../components/Time";
import { providerWord, shownAs } from "./identities";
import styles from "./accounts.module.css";

/** Whom of a provider a user signs in as. */
export function IdentityTable({ identities, label, onUnlink }: {
  identities: Identity[];
  label: string;
  /** Absent: they are only shown. */
  onUnlink?: (identity: Identity) => void;
}) {
  const entrance = useEntrance().data;
  return (
    <table className={styles.table} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Provider</th>
          <th scope="col">Known there as</th>
          <th scope="col">Linked</th>
          <th scope="col">Last sign-in</th>
          <th scope="col">
            <span className="sr-only">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {identities.map((one) => (
          <tr key={`${one.issuer} ${one.subject}`}>
            <td title={one.issuer}>
              {providerWord(one.issuer, entrance)}
              {entrance && entrance.issuer !== one.issuer && <div className={styles.quiet}>not in use here any more</div>}
            </td>
            <td className={styles.word} title={`Subject ${one.subject}`}>
              {shownAs(one)}
            </td>
            <td>{one.sinceMs ? <Ago ms={one.sinceMs} /> : <span className={styles.quiet}>not noted</span>}</td>
            <td>{one.lastSignInMs ? <Ago ms={one.lastSignInMs} /> : <span className={styles.quiet}>none yet</span>}</td>
            <td>
              {onUnlink && (
                <IconButton small label={`Unlink ${shownAs(one)}`} onClick={() => onUnlink(one)}>
                  <Unlink size={13} />
                </IconButton>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
