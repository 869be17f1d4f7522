import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './cx';

type Tone = 'neutral' | 'accent' | 'pos' | 'neg' | 'warn';

const tones: Record<Tone, string> = {
  neutral: 'bg-sunken text-text-2',
  accent: 'bg-accent-soft text-accent',
  pos: 'bg-pos-soft text-pos',
  neg: 'bg-neg-soft text-neg',
  warn: 'bg-warn-soft text-warn',
};

interface ChipProps {
  tone?: Tone;
  icon?: LucideIcon;
  spin?: boolean;
  children: ReactNode;
}

/** A state as word and icon; the colour only repeats it. */
export function Chip({ tone = 'neutral', icon: Icon, spin = false, children }: ChipProps) {
  return (
    <span
      className={cx(
        'inline-flex h-6 items-center gap-1 rounded-chip px-1.5 text-xs font-medium whitespace-nowrap forced-colors:border',
        tones[tone],
      )}
    >
      {Icon ? (
        <Icon
          aria-hidden
          className={cx('size-3.5', spin && 'animate-spin motion-reduce:animate-none')}
        />
      ) : null}
      {children}
    </span>
  );
}
