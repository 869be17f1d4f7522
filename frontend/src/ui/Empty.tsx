import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

interface EmptyProps {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}

/** Nothing yet, nothing found or all done: what will be here, and one thing to do. */
export function Empty({ icon: Icon, title, children, action, className }: EmptyProps) {
  return (
    <div className={cx('flex flex-col items-center px-6 py-10 text-center', className)}>
      <span className="mb-4 grid size-11 place-items-center rounded-full bg-sunken text-text-3">
        <Icon aria-hidden className="size-5" strokeWidth={1.75} />
      </span>
      <p className="text-md font-semibold text-text">{title}</p>
      {children ? <p className="mt-1 max-w-sm text-md text-text-2">{children}</p> : null}
      {action ? <div className="mt-5">{action}</div> : null}
    </div>
  );
}
