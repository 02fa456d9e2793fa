import { Check, Copy } from "lucide-react";
import { type ReactNode, useState } from "react";
import { classes } from "../lib/classes";
import { IconButton } from "./Button";
import styles from "./Code.module.css";

const COLOURED_LETTERS = 128 * 1024;
/** Texts have a length, so that quotes without an end cost no more than others. */
const TOKENS =
  /(#.*$)|("(?:[^"\\\n]|\\.){0,1000}"|'(?:[^'\\\n]|\\.){0,1000}')|\b(import|from|with|as|for|in|def|return|if|else|True|False|None)\b/gm;

/** Text in a frame, with a button that copies it. Python is coloured lightly. */
export function Code({ text, plain, wrap }: { text: string; plain?: boolean; wrap?: boolean }) {
  return (
    <div className={classes(styles.code, wrap && styles.wrap)}>
      <pre tabIndex={0}>{plain || text.length > COLOURED_LETTERS ? text : coloured(text)}</pre>
      <CopyButton text={text} className={styles.copy} />
    </div>
  );
}

function coloured(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(TOKENS)) {
    parts.push(text.slice(at, match.index));
    const look = match[1] ? styles.comment : match[2] ? styles.string : styles.keyword;
    parts.push(
      <span key={match.index} className={look}>
        {match[0]}
      </span>,
    );
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

/** Copies a text; one that is long is put together only when it is asked for. */
export function CopyButton({ text, label = "Copy", className }: { text: string | (() => string); label?: string; className?: string | undefined }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(typeof text === "string" ? text : text());
    setCopied(true);
    setTimeout(() => setCopied(false), 1200);
  };
  return (
    <IconButton small label={isCopied ? "Copied" : label} className={className} onClick={() => void copy()}>
      {isCopied ? <Check size={13} /> : <Copy size={13} />}
    </IconButton>
  );
}
