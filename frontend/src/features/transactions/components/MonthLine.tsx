import { Plural } from '@lingui/react/macro';
import type { MonthCount } from '@/api/generated/model';
import { formatMonth } from '@/lib/dates';
import { money } from '@/lib/money/money';
import { Amount } from '@/ui/Amount';
import { useLocale } from '@/ui/locale';

/** A month's heading: how many entries, and what they come to in each currency. */
export function MonthLine({ month, height }: { month: MonthCount; height: number }) {
  const { locale } = useLocale();
  return (
    <span
      className="flex items-center justify-between gap-4 px-4 text-sm text-text-3 sm:px-5"
      style={{ height }}
    >
      <span className="flex min-w-0 items-baseline gap-2.5 whitespace-nowrap">
        <span className="text-md font-semibold text-text">{formatMonth(month.month, locale)}</span>
        <span className="truncate tabular-nums">
          <Plural value={month.count} one="# entry" other="# entries" />
        </span>
      </span>
      <span className="flex shrink-0 gap-3">
        {month.sums.map(({ amount, currency }) => (
          <Amount key={currency} money={money(amount, currency)} className="text-text-2" />
        ))}
      </span>
    </span>
  );
}
