import { SIGNATURE_PARTS, type SignaturePart, describe, parseSignature } from "../../lib/signature";
import styles from "./models.module.css";

const WORDS: Record<SignaturePart, string> = { inputs: "Input", outputs: "Output", params: "Param" };
const SHOWN = 200;

/** What goes into a model and what comes out, a row each. */
export function SignatureTable({ text }: { text: string }) {
  const signature = parseSignature(text);
  if (!signature) return <p className={styles.quiet}>None: the model takes what it is given. One is written with infer_signature, or when an input example is given.</p>;
  const rows = SIGNATURE_PARTS.flatMap((part) => signature[part].map((field, at) => ({ part, field, at })));
  return (
    <>
      <table className={styles.table}>
        <thead>
          <tr>
            <th>Part</th>
            <th>Name</th>
            <th>Type</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, SHOWN).map(({ part, field, at }) => (
            <tr key={`${part} ${at}`}>
              <td className={styles.quiet}>{WORDS[part]}</td>
              <td>{field.name || <span className={styles.quiet}>unnamed</span>}</td>
              <td>
                <code>{describe(field)}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > SHOWN && <p className={styles.quiet}>The first {SHOWN} of {rows.length}; the file MLmodel has all.</p>}
    </>
  );
}
