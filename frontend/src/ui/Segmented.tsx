import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';
import { cx } from './cx';
import type { Choice } from './Select';

interface SegmentedProps<T extends string> {
  label: string;
  choices: readonly Choice<T>[];
  value: T;
  onChange: (value: T) => void;
  className?: string;
}

/** One of a few, all in view. */
export function Segmented<T extends string>({
  label,
  choices,
  value,
  onChange,
  className,
}: SegmentedProps<T>) {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const [key] = keys;
        if (key !== undefined) onChange(key as T);
      }}
      className={cx('inline-flex rounded-control bg-sunken p-0.5', className)}
    >
      {choices.map(({ id, label: name }) => (
        <ToggleButton
          key={id}
          id={id}
          className="h-8 grow rounded-[6px] px-3 text-md font-medium text-text-2 transition-colors hover:text-text data-selected:bg-surface dark:data-selected:bg-hover data-selected:text-text data-selected:shadow-card coarse:h-10 forced-colors:data-selected:border"
        >
          {name}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
