import { formatMoney, type CurrencyStyle } from '@/lib/money/format';
import { toDecimal, type Money } from '@/lib/money/money';
import { cx } from './cx';
import { useLocale } from './locale';

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
  const { locale } = useLocale();
  const isIn = kind === 'flow' && money.minor > 0n;
  const text = formatMoney(money, locale, {
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
          <span className="sr-only">{formatMoney(money, locale)}</span>
        </>
      ) : (
        text
      )}
    </data>
  );
}

/** A figure that carries a card: it steps down in size where it is long, and is never cut. */
export function Figure({ money, className }: { money: Money; className?: string }) {
  const { locale } = useLocale();
  const length = formatMoney(money, locale).length;
  const size = length <= 11 ? 'text-3xl' : length <= 15 ? 'text-2xl' : 'text-xl @sm:text-2xl';
  return (
    <Amount
      money={money}
      className={cx(size, 'font-semibold tracking-tight text-text', className)}
    />
  );
}
