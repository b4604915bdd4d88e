// A quiet sign that something is under way; the words beside it say what.

/** Decorative unless `label` is given; follows the text's colour and size. */
export function Spinner({ label, className = "" }: { label?: string; className?: string }) {
  return (
    <>
      <svg viewBox="0 0 20 20" aria-hidden="true" className={`size-[1.15em] animate-spin ${className}`}>
        <circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" strokeWidth="2.2" opacity="0.2" />
        <path d="M18 10a8 8 0 0 0-8-8" fill="none" stroke="currentColor" strokeWidth="2.2" strokeLinecap="round" />
      </svg>
      {label && (
        <span role="status" className="sr-only">
          {label}
        </span>
      )}
    </>
  );
}
