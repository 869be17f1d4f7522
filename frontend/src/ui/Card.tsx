import type { ReactNode } from 'react';
import { useId } from 'react';
import { cx } from './cx';

interface CardProps {
  title: ReactNode;
  /** What stands at the end of the heading: a link, a period. */
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  flush?: boolean;
}

export function Card({ title, aside, children, className, flush = false }: CardProps) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className={cx(
        '@container min-w-0 rounded-card border border-line bg-surface shadow-card',
        className,
      )}
    >
      <header className="flex min-h-12 flex-wrap items-center justify-between gap-x-4 px-4 pt-3 sm:px-5">
        <h2 id={id} className="text-md font-semibold text-text">
          {title}
        </h2>
        {aside ? <div className="text-sm text-text-3">{aside}</div> : null}
      </header>
      <div className={flush ? 'pb-2' : 'px-4 pt-1 pb-4 sm:px-5 sm:pb-5'}>{children}</div>
    </section>
  );
}
