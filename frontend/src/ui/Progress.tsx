import { ProgressBar } from 'react-aria-components';

/** How far something is, 0 to 1; without a value it is under way and nobody knows how far. */
export function Progress({ label, value }: { label: string; value?: number }) {
  const isKnown = value !== undefined;
  return (
    <ProgressBar
      aria-label={label}
      value={Math.round((value ?? 0) * 100)}
      isIndeterminate={!isKnown}
      className="block h-1 w-full overflow-hidden rounded-full bg-hover forced-colors:border"
    >
      <span
        className={
          isKnown
            ? 'block h-full origin-left rounded-full bg-accent transition-transform duration-200 rtl:origin-right forced-colors:bg-[Highlight]'
            : 'block h-full w-full animate-pulse rounded-full bg-accent/60 motion-reduce:animate-none forced-colors:bg-[Highlight]'
        }
        style={isKnown ? { transform: `scaleX(${value})` } : undefined}
      />
    </ProgressBar>
  );
}
