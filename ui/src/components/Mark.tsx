/** The product's mark. */
export function Mark() {
  return (
    <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="7" fill="var(--accent-ground)" />
      <path
        d="M8 22V12.5a3.5 3.5 0 0 1 7 0V19a3.5 3.5 0 0 0 7 0V10"
        fill="none"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
      />
    </svg>
  );
}
