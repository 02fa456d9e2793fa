import { type ReactNode, Suspense, lazy, useEffect, useState } from "react";
import { Code } from "../components/Code";
import { Markdown } from "../components/Markdown";
import { Bone } from "../components/States";
import { parseCsv } from "../lib/csv";
import { bytes, count } from "../lib/format";
import { headOfDocument, headOfRows } from "../lib/table";
import { problemOfDrawing } from "../lib/svg";
import { FailureState } from "./FailureState";
import { FileImage } from "./FileImage";
import { TablePreview } from "./TablePreview";
import { type FileSource, useFileText } from "./files";
import styles from "./ArtifactPreview.module.css";

const ParquetPreview = lazy(() => import("./ParquetPreview").then((module) => ({ default: module.ParquetPreview })));

type Kind = "svg" | "image" | "video" | "audio" | "pdf" | "html" | "table" | "parquet" | "markdown" | "json" | "patch" | "text" | "unknown";

const KINDS: Record<Exclude<Kind, "unknown">, RegExp> = {
  svg: /\.svg$/i,
  image: /\.(png|jpe?g|gif|webp|bmp|avif)$/i,
  video: /\.(mp4|webm|ogv|mov)$/i,
  audio: /\.(mp3|wav|ogg|flac|m4a)$/i,
  pdf: /\.pdf$/i,
  html: /\.html?$/i,
  table: /\.(csv|tsv)$/i,
  parquet: /\.(parquet|pq)$/i,
  markdown: /\.(md|markdown)$/i,
  json: /\.(json|ipynb)$/i,
  patch: /\.(diff|patch)$/i,
  text: /\.(txt|log|ya?ml|toml|ini|cfg|py|r|java|js|ts|sh|sql|jsonl|xml|tex|c|cpp|h|rs|go|lock)$/i,
};
const NAMES = /(^|\/)(MLmodel|MLproject|Dockerfile|Makefile|README|LICENSE|requirements)$/;

const TEXT_BYTES = 512 * 1024;
/** What is laid out as a page or line by line costs much more than its text alone. */
const MARKDOWN_BYTES = 64 * 1024;
const PATCH_LINES = 5000;
const TABLE_ROWS = 200;
const SVG_BYTES = 4 * 1024 * 1024;
const PDF_BYTES = 100 * 1024 * 1024;
/** A document that is deeper grows many times over when it is laid out. */
const JSON_DEPTH = 100;
/** The page as wide as there is room, without a list of small pages beside it. */
const PDF_VIEW = "#navpanes=0&view=FitH";

export function previewKind(path: string): Kind {
  const found = (Object.keys(KINDS) as Exclude<Kind, "unknown">[]).find((kind) => KINDS[kind].test(path));
  return found ?? (NAMES.test(path) ? "text" : "unknown");
}

/** A look into a file. Pages run in a frame without rights: no scripts, no cookies, no network. */
export function ArtifactPreview({ files, path }: { files: FileSource; path: string }) {
  const url = files.url(path);
  const kind = previewKind(path);
  switch (kind) {
    case "svg":
      return <FromMemory url={url} type="image/svg+xml" mostBytes={SVG_BYTES} problemOf={problemOfDrawing} show={(address) => <img className={styles.image} src={address} alt={path} />} />;
    case "image":
      return <FileImage className={styles.image} url={url} alt={path} />;
    case "video":
      return <video className={styles.media} src={url} controls preload="metadata" />;
    case "audio":
      return <audio className={styles.media} src={url} controls preload="metadata" />;
    case "pdf":
      if (!navigator.pdfViewerEnabled) return <p className={styles.note}>This browser shows no PDF inside of a page; the file can be downloaded.</p>;
      return <FromMemory url={url} type="application/pdf" mostBytes={PDF_BYTES} show={(address) => <iframe className={styles.frame} title={path} src={address + PDF_VIEW} />} />;
    case "parquet":
      return (
        <Suspense fallback={<Bone width="60%" height={200} />}>
          <ParquetPreview files={files} path={path} mostRows={TABLE_ROWS} />
        </Suspense>
      );
    default:
      return <TextPreview files={files} path={path} kind={kind} />;
  }
}

function TextPreview({ files, path, kind }: { files: FileSource; path: string; kind: Kind }) {
  const { data, error, refetch } = useFileText(files, path, TEXT_BYTES);
  if (error) return <FailureState what="The file could not be read" error={error} retry={() => void refetch()} />;
  if (!data) return <Bone width="60%" height={200} />;
  return (
    <>
      {!data.isWhole && <p className={styles.note}>The first {bytes(TEXT_BYTES)} of the file.</p>}
      <TextBody text={data.text} kind={kind} path={path} isWhole={data.isWhole} />
    </>
  );
}

function TextBody({ text, kind, path, isWhole }: { text: string; kind: Kind; path: string; isWhole: boolean }) {
  switch (kind) {
    case "markdown":
      return (
        <>
          {isWhole && text.length > MARKDOWN_BYTES && <p className={styles.note}>The first {bytes(MARKDOWN_BYTES)} of the file.</p>}
          <Markdown text={text.slice(0, MARKDOWN_BYTES)} />
        </>
      );
    case "table":
      return <Table text={text} isWhole={isWhole} />;
    case "json":
      return isWhole ? <Json text={text} /> : <Code text={text} plain />;
    case "html":
      return (
        <>
          {/<script/i.test(text) && <p className={styles.note}>Scripts of a page do not run here; download it to see all it shows.</p>}
          <iframe className={styles.frame} title={path} sandbox="" srcDoc={text} />
        </>
      );
    case "unknown":
      if (isBinary(text)) return <p className={styles.note}>There is no look into this kind of file; it can be downloaded.</p>;
      return <Code text={text} plain />;
    case "patch":
      return <Patch text={text} />;
    default:
      return <Code text={text} plain={!path.endsWith(".py")} />;
  }
}

/** A file of unknown kind is text unless it holds what text never does. */
export function isBinary(text: string): boolean {
  return /[\0\ufffd]/.test(text.slice(0, 4096));
}

function Json({ text }: { text: string }) {
  if (isDeep(text)) return <Code text={text} plain />;
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return <Code text={text} plain />;
  }
  const table = headOfDocument(document, TABLE_ROWS);
  return table ? <TablePreview head={table} /> : <Code text={JSON.stringify(document, null, 2)} plain />;
}

/** Brackets in texts count too: it is enough to know that there are not many. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === "[" || char === "{") depth += 1;
    else if (char === "]" || char === "}") depth -= 1;
    if (depth > JSON_DEPTH) return true;
  }
  return false;
}

function Table({ text, isWhole }: { text: string; isWhole: boolean }) {
  const rows = parseCsv(text, TABLE_ROWS + 2);
  const isAll = isWhole && rows.length <= TABLE_ROWS + 1;
  // The last row of a part of a file may be cut.
  const whole = isWhole || rows.length === TABLE_ROWS + 2 ? rows : rows.slice(0, -1);
  return <TablePreview head={headOfRows(whole.slice(0, TABLE_ROWS + 1), isAll ? Math.max(0, rows.length - 1) : null)} />;
}

/** Lines of a patch, added and removed ones told apart by sign and by colour. */
export function Patch({ text }: { text: string }) {
  const look = (line: string) => {
    if (/^(\+\+\+|---|diff |index )/.test(line)) return styles.file;
    if (line.startsWith("@@")) return styles.hunk;
    if (line.startsWith("+")) return styles.added;
    return line.startsWith("-") ? styles.removed : undefined;
  };
  const lines = text.split("\n");
  return (
    <pre className={styles.patch} tabIndex={0}>
      {lines.length > PATCH_LINES && <span className={styles.hunk}>The first {count(PATCH_LINES)} lines.{"\n"}</span>}
      {lines.slice(0, PATCH_LINES).map((line, at) => (
        <span key={at} className={look(line)}>
          {line}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}

/**
 * The server sends what could be active as a download of no kind, so the page fetches it and shows it from memory. An
 * image never runs scripts, and the browser's own viewer shows documents.
 */
function FromMemory({ url, type, mostBytes, problemOf, show }: { url: string; type: string; mostBytes: number; problemOf?: (text: string) => string | null; show: (address: string) => ReactNode }) {
  const [address, setAddress] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    const stop = new AbortController();
    const load = async () => {
      const response = await fetch(url, { signal: stop.signal });
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      const size = Number(response.headers.get("Content-Length"));
      if (size > mostBytes) {
        stop.abort();
        setProblem(`it has ${bytes(size)}`);
        return;
      }
      const blob = await response.blob();
      const found = problemOf?.(await blob.text()) ?? null;
      if (stop.signal.aborted) return;
      if (!found) made = URL.createObjectURL(new Blob([blob], { type }));
      setAddress(made);
      setProblem(found);
    };
    load().catch((reason: unknown) => !stop.signal.aborted && setProblem((reason as Error).message));
    return () => {
      stop.abort();
      if (made) URL.revokeObjectURL(made);
      setAddress(null);
      setProblem(null);
    };
  }, [url, type, mostBytes, problemOf]);
  if (problem) return <p className={styles.note}>The file is not shown here: {problem}. It can be downloaded.</p>;
  return address ? show(address) : <Bone width="100%" height={480} />;
}
