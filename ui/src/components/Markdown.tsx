import type { ReactNode } from "react";
import { type Block, parseMarkdown } from "../lib/markdown";
import styles from "./Markdown.module.css";

/** What stands between marks is short, so that marks without an end cost no more than others. */
const INLINE = /(`[^`]{1,1000}`)|\*\*(.{1,1000}?)\*\*|(?<![\w*])[*_](?!\s)(.{1,1000}?)(?<!\s)[*_](?!\w)|\[([^\]]{0,1000})\]\(([^)\s]{1,2000})\)|(https?:\/\/[^\s<>)]+)/g;
const SAFE_LINK = /^(https?:|mailto:|\/|#)/i;

/** Markdown as elements. Text never becomes HTML, so nothing in it can run. */
export function Markdown({ text }: { text: string }) {
  return <div className={styles.markdown}>{parseMarkdown(text).map(renderBlock)}</div>;
}

function renderBlock(block: Block, at: number): ReactNode {
  switch (block.kind) {
    case "heading":
      return <h3 key={at}>{inline(block.text)}</h3>;
    case "code":
      return (
        <pre key={at}>
          <code>{block.text}</code>
        </pre>
      );
    case "quote":
      return <blockquote key={at}>{inline(block.text)}</blockquote>;
    case "list": {
      const items = block.items.map((item, i) => <li key={i}>{inline(item)}</li>);
      return block.isOrdered ? <ol key={at}>{items}</ol> : <ul key={at}>{items}</ul>;
    }
    case "table":
      return (
        <table key={at}>
          <thead>
            <tr>
              {block.head.map((cell, i) => (
                <th key={i}>{inline(cell)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {block.rows.map((row, i) => (
              <tr key={i}>
                {row.map((cell, j) => (
                  <td key={j}>{inline(cell)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      );
    case "text":
      return <p key={at}>{inline(block.text)}</p>;
  }
}

function inline(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    parts.push(text.slice(at, match.index));
    const [whole, code, strong, em, label, address, bare] = match;
    const key = match.index;
    if (code) parts.push(<code key={key}>{code.slice(1, -1)}</code>);
    else if (strong) parts.push(<strong key={key}>{inline(strong)}</strong>);
    else if (em) parts.push(<em key={key}>{inline(em)}</em>);
    else parts.push(link(key, label || (bare ?? address ?? ""), bare ?? address ?? "", whole));
    at = match.index + whole.length;
  }
  parts.push(text.slice(at));
  return parts;
}

function link(key: number, label: string, address: string, whole: string): ReactNode {
  if (!SAFE_LINK.test(address)) return whole;
  return (
    <a key={key} href={address} target="_blank" rel="noreferrer noopener">
      {label}
    </a>
  );
}
