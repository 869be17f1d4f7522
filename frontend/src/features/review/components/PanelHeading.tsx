import { useEffect, useRef, type ReactNode } from 'react';
import { cx } from '@/ui/cx';

interface PanelHeadingProps {
  /** Takes the focus when it becomes true: what was decided before has gone, and this came instead. */
  isArrived: boolean;
  className?: string;
  children: ReactNode;
}

/** The heading of what is decided next, or of what became of it: where the focus goes. */
export function PanelHeading({ isArrived, className, children }: PanelHeadingProps) {
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (isArrived) ref.current?.focus();
  }, [isArrived]);
  return (
    <h2 ref={ref} tabIndex={-1} className={cx('rounded-chip outline-offset-4', className)}>
      {children}
    </h2>
  );
}
