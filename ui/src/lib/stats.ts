/** Small-sample statistics for groups of runs. */

export interface Summary {
  n: number;
  mean: number;
  /** Sample standard deviation (n - 1); NaN for fewer than two values. */
  sd: number;
  min: number;
  max: number;
}

/** Values that are not finite are passed over. */
export function summarise(values: readonly number[]): Summary {
  const finite = values.filter(Number.isFinite);
  const n = finite.length;
  if (n === 0) return { n, mean: Number.NaN, sd: Number.NaN, min: Number.NaN, max: Number.NaN };
  const mean = finite.reduce((a, b) => a + b, 0) / n;
  const sd = n < 2 ? Number.NaN : Math.sqrt(finite.reduce((a, b) => a + (b - mean) ** 2, 0) / (n - 1));
  return { n, mean, sd, min: finite.reduce((a, b) => Math.min(a, b)), max: finite.reduce((a, b) => Math.max(a, b)) };
}

/**
 * Two-sided p value of Welch's t test for two means with unequal variances (Welch 1947; degrees of freedom
 * after Satterthwaite 1946). NaN if a group has fewer than two values.
 */
export function welch(a: Summary, b: Summary): number {
  if (a.n < 2 || b.n < 2) return Number.NaN;
  const va = a.sd ** 2 / a.n;
  const vb = b.sd ** 2 / b.n;
  if (va + vb === 0) return a.mean === b.mean ? 1 : 0;
  const t = (a.mean - b.mean) / Math.sqrt(va + vb);
  const df = (va + vb) ** 2 / (va ** 2 / (a.n - 1) + vb ** 2 / (b.n - 1));
  return incompleteBeta(df / (df + t * t), df / 2, 0.5);
}

/** Regularised incomplete beta function by its continued fraction (Lentz), to about 1e-10. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x));
  if (x > (a + 1) / (a + b + 2)) return 1 - (front / b) * betaFraction(1 - x, b, a);
  return (front / a) * betaFraction(x, a, b);
}

function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  const guard = (value: number) => (Math.abs(value) < tiny ? tiny : value);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m <= 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    const step = d * c;
    h *= step;
    if (Math.abs(step - 1) < 1e-10) break;
  }
  return h;
}

/** Lanczos approximation, g = 5. */
function logGamma(x: number): number {
  const coefficients = [
    76.18009172947146, -86.50532032941677, 24.01409824083091, -1.231739572450155, 0.001208650973866179,
    -0.000005395239384953,
  ];
  const base = x + 5.5 - (x + 0.5) * Math.log(x + 5.5);
  const sum = coefficients.reduce((total, c, i) => total + c / (x + 1 + i), 1.000000000190015);
  return -base + Math.log((2.5066282746310005 * sum) / x);
}

/** Spearman's rank correlation of pairs in which both values are finite; NaN for fewer than three. */
export function spearman(pairs: readonly (readonly [number, number])[]): number {
  const finite = pairs.filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b));
  if (finite.length < 3) return Number.NaN;
  const xs = ranks(finite.map(([a]) => a));
  const ys = ranks(finite.map(([, b]) => b));
  const x = summarise(xs);
  const y = summarise(ys);
  if (x.sd === 0 || y.sd === 0) return Number.NaN;
  const cov = xs.reduce((sum, v, i) => sum + (v - x.mean) * ((ys[i] as number) - y.mean), 0) / (xs.length - 1);
  return cov / (x.sd * y.sd);
}

/** Ranks from 1; ties share their mean rank. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((value, i) => [value, i] as const).sort((a, b) => a[0] - b[0]);
  const result = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end + 1 < order.length && order[end + 1]?.[0] === order[start]?.[0]) end += 1;
    for (let i = start; i <= end; i++) result[(order[i] as readonly [number, number])[1]] = (start + end) / 2 + 1;
    start = end + 1;
  }
  return result;
}

/**
 * How much of a target's variance the groups of a category explain (eta squared), 0 to 1. Works for numbers
 * too, once they are cut into bins.
 */
export function explainedVariance(groups: ReadonlyMap<string, readonly number[]>): number {
  const all = summarise([...groups.values()].flat());
  if (all.n < 3 || !(all.sd > 0)) return 0;
  const between = [...groups.values()].map(summarise).reduce((sum, g) => sum + (g.n ? g.n * (g.mean - all.mean) ** 2 : 0), 0);
  return between / (all.sd ** 2 * (all.n - 1));
}
