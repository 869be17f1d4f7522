import type { CurrencyStyle } from '@/lib/money/format';
import { toDecimal, type Money } from '@/lib/money/money';
import { cx } from './cx';
import { useMoney } from './money';

interface AmountProps {
  money: Money;
  /** `flow`: in has + and its colour, out has −. `balance`: a sign only below zero. */
  kind?: 'flow' | 'balance';
  currency?: CurrencyStyle;
  compact?: boolean;
  className?: string;
}

/** An amount on screen: figures of one width, never cut; copied as the plain decimal (app/copy.ts). */
export function Amount({
  money,
  kind = 'balance',
  currency = 'symbol',
  compact = false,
  className,
}: AmountProps) {
  const write = useMoney();
  const isIn = kind === 'flow' && money.minor > 0n;
  const text = write.format(money, {
    sign: kind === 'flow' ? 'always' : 'negative',
    currency,
    compact,
  });
  return (
    <data
      value={toDecimal(money)}
      data-amount=""
      className={cx('whitespace-nowrap tabular-nums', isIn && 'text-pos', className)}
    >
      {compact ? (
        <>
          <span aria-hidden>{text}</span>
          <span className="sr-only">{write.format(money)}</span>
        </>
      ) : (
        text
      )}
    </data>
  );
}

/** A figure that carries a card: it steps down in size where it is long, and is never cut. */
export function Figure({ money, className }: { money: Money; className?: string }) {
  const { length } = useMoney().format(money);
  const size = length <= 11 ? 'text-3xl' : length <= 15 ? 'text-2xl' : 'text-xl @sm:text-2xl';
  return (
    <Amount
      money={money}
      className={cx(size, 'font-semibold tracking-tight text-text', className)}
    />
  );
}
