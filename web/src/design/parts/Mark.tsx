// The product's mark: three orbits that meet, one for each agent.

/** Decorative; the name stands beside it in text. */
export function Mark({ className = "size-8" }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 32 32"
      fill="none"
      strokeWidth="2.4"
      strokeLinecap="round"
      aria-hidden="true"
      className={className}
    >
      <path className="stroke-anima" d="M16 16C10 14.500 7 10.500 9 6.500s9-2.500 7 9.500z" />
      <path className="stroke-neo" d="M16 16c4.300-4.450 9.270-5.040 11.730-1.310S26.470 23.200 16 16z" />
      <path className="stroke-nexus" d="M16 16c1.700 5.950-.27 10.550-4.740 10.290S4.760 20.800 16 16z" />
      <circle cx="16" cy="16" r="2.200" className="fill-accent" />
    </svg>
  );
}
