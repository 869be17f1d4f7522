import { Popover as AriaPopover, type PopoverProps } from 'react-aria-components';
import { cx } from './cx';

export function Popover({
  className,
  ...props
}: Omit<PopoverProps, 'className'> & { className?: string }) {
  return (
    <AriaPopover
      offset={6}
      {...props}
      className={cx(
        'max-w-[calc(100vw-2rem)] overflow-auto rounded-card border border-line bg-surface p-1 shadow-float outline-none data-entering:animate-[appear_120ms] forced-colors:border',
        className,
      )}
    />
  );
}

export const option = cx(
  'flex min-h-9 cursor-default items-center gap-2.5 rounded-control px-2.5 py-1.5 text-md text-text outline-none coarse:min-h-11',
  'data-focused:bg-hover data-disabled:text-text-3 data-focus-visible:outline-2 data-focus-visible:outline-offset-[-2px] data-focus-visible:outline-focus',
);
