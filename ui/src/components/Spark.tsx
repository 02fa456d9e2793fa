/** Small pictures of numbers, without axes. */

/** Bars of counts; the tallest fills the height. */
export function SparkBars({ values, width = 90, height = 18, label }: { values: number[]; width?: number; height?: number; label: string }) {
  const top = Math.max(1, ...values);
  const step = width / Math.max(1, values.length);
  return (
    <svg width={width} height={height} role="img" aria-label={label}>
      <title>{label}</title>
      <line x1="0" x2={width} y1={height - 0.5} y2={height - 0.5} stroke="var(--line-strong)" />
      {values.map((value, at) => {
        const tall = value > 0 ? Math.max(2, (value / top) * (height - 2)) : 0;
        return (
          <rect
            key={at}
            x={at * step}
            y={height - tall}
            width={Math.max(1, step - 1)}
            height={tall}
            fill="var(--accent)"
            opacity={0.35 + 0.65 * (at / values.length)}
          />
        );
      })}
    </svg>
  );
}

/** A line; gaps where there is no number. */
export function SparkLine({
  values,
  width = 96,
  height = 20,
  colour = "var(--text-2)",
}: {
  values: (number | null)[];
  width?: number;
  height?: number;
  colour?: string;
}) {
  const numbers = values.filter((v): v is number => v !== null && Number.isFinite(v));
  if (!numbers.length) return <svg width={width} height={height} aria-hidden />;
  const low = Math.min(...numbers);
  const range = Math.max(...numbers) - low || 1;
  const y = (v: number) => height - 2 - ((v - low) / range) * (height - 4);
  if (numbers.length === 1) {
    return (
      <svg width={width} height={height} aria-hidden>
        <circle cx={width / 2} cy={height / 2} r="2" fill={colour} />
      </svg>
    );
  }
  let path = "";
  let isDown = false;
  values.forEach((v, at) => {
    if (v === null || !Number.isFinite(v)) {
      isDown = false;
      return;
    }
    path += `${isDown ? "L" : "M"}${((at / (values.length - 1)) * (width - 2) + 1).toFixed(1)} ${y(v).toFixed(1)}`;
    isDown = true;
  });
  return (
    <svg width={width} height={height} aria-hidden>
      <path d={path} fill="none" stroke={colour} strokeWidth="1.25" strokeLinejoin="round" />
    </svg>
  );
}
