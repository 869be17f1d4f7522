import { cx } from './cx';

/** The final geometry without its content; unseen for the first 150 ms, so that a fast answer never flickers. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx('late block rounded-chip bg-hover', className)} />;
}

export function SkeletonRows({ rows, className }: { rows: number; className?: string }) {
  return (
    <div aria-hidden className={cx('late flex flex-col', className)}>
      {Array.from({ length: rows }, (_, row) => (
        <div
          key={row}
          className="flex h-14 items-center gap-4 border-t border-line first:border-t-0"
        >
          <span className="h-3 w-2/5 rounded-chip bg-hover" />
          <span className="ms-auto h-3 w-20 rounded-chip bg-hover" />
        </div>
      ))}
    </div>
  );
}
