/** Which metrics tell most about runs, for a table nobody has configured yet. */

export interface KeyFacts {
  key: string;
  nRuns: number;
  /** 0 to 1 */
  variation: number;
}

// Short names stand alone: the end of "layer2" is no R squared.
const QUALITY = /(acc|auc|bleu|rouge|loss|error|rmse|mape|score|reward|precision|recall|perplexity|(^|[^a-z])(f1|map|mae|mse|r2|wer|cer|fid|iou|dice)([^a-z]|$))/i;
const HELD_OUT = /(^|[^a-z])(val|valid|validation|test|eval|dev)([^a-z]|$)/i;
const INCIDENTAL = /(^system\/|(^|[^a-z])(lr|learning_rate|epoch|step|time|seconds|memory|norm|per_second|throughput)([^a-z]|$))/i;

/** A metric that fewer runs have tells little in a table, of however many runs it is. */
const LEAST_COVERED = 0.05;

function score({ key, nRuns, variation }: KeyFacts, most: number): number {
  const covered = nRuns / Math.max(1, most);
  const words = (QUALITY.test(key) ? 1 : 0) + (HELD_OUT.test(key) ? 0.6 : 0) - (INCIDENTAL.test(key) ? 2 : 0);
  return words + variation * covered + 0.3 * covered;
}

/** Those that are shown stay where they are; others come behind them while there is room. */
export function keepHeadline(shown: readonly string[], best: readonly string[], n: number): string[] {
  return [...shown, ...best.filter((key) => !shown.includes(key))].slice(0, n);
}

/** Best first. */
export function headlineMetrics(facts: readonly KeyFacts[], n: number): string[] {
  const most = Math.max(0, ...facts.map((f) => f.nRuns));
  return facts
    // Nothing varies yet in an experiment of one run, and its metrics are what one wants to see of it.
    .filter((f) => (f.variation > 0 || most === 1) && f.nRuns >= most * LEAST_COVERED && !f.key.startsWith("system/"))
    .map((f) => ({ key: f.key, value: score(f, most) }))
    .toSorted((a, b) => b.value - a.value || a.key.localeCompare(b.key))
    .slice(0, n)
    .map(({ key }) => key);
}
