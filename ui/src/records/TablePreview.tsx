import { count, plural } from "../lib/format";
import { classes } from "../lib/classes";
import type { TableHead } from "../lib/table";
import styles from "./ArtifactPreview.module.css";

const CELL_LETTERS = 400;
const TITLE_LETTERS = 2000;

/** The first rows of a table, with what is left out. */
export function TablePreview({ head }: { head: TableHead }) {
  const left = head.nColumns - head.columns.length;
  if (!head.columns.length) return <p className={styles.note}>The file holds a table without columns.</p>;
  return (
    <>
      <p className={styles.note}>
        {head.nRows === null
          ? `The first ${plural(head.rows.length, "row")}`
          : head.nRows > head.rows.length
            ? `The first ${count(head.rows.length)} of ${plural(head.nRows, "row")}`
            : plural(head.nRows, "row")}
        , {left ? `${count(head.columns.length)} of ${plural(head.nColumns, "column")}; those that are left out are long or many, download the file to see them` : plural(head.nColumns, "column")}
      </p>
      <div className={styles.tableScroller} tabIndex={0} role="region" aria-label="The table in the file">
        <table className={styles.table}>
          <thead>
            <tr>
              {head.columns.map((column, at) => (
                <th key={at} scope="col" className={classes(column.isNumber && styles.number)}>
                  {column.name.slice(0, CELL_LETTERS)}
                  {column.type && <small>{column.type}</small>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {head.rows.map((row, at) => (
              <tr key={at}>
                {head.columns.map((column, i) => {
                  const cell = row[i];
                  return (
                    <td key={i} title={cell?.slice(0, TITLE_LETTERS)} className={classes(column.isNumber && styles.number)}>
                      {cell === null || cell === undefined ? <span className={styles.null}>null</span> : cell.slice(0, CELL_LETTERS)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
