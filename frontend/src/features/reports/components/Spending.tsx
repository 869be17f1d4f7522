import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChartNoAxesColumn } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { daysOf, formatMonth, type Month } from '@/lib/dates';
import { formatAxis, formatMoney, formatShare } from '@/lib/money/format';
import { nearly } from '@/lib/money/money';
import { Amount } from '@/ui/Amount';
import { Empty } from '@/ui/Empty';
import { useLocale } from '@/ui/locale';
import { useQuiet } from '@/ui/useQuiet';
import { breakdown, currenciesOf, type Breakdown } from '../model';
import { spendingQuery } from '../queries';

const BarChart = lazy(async () => ({ default: (await import('@/charts/BarChart')).BarChart }));

export function Spending({ month }: { month: Month }) {
  const { t } = useLingui();
  const { locale } = useLocale();
  const { data } = useSuspenseQuery(spendingQuery(month));
  const breakdowns = currenciesOf(data.rows)
    .map((currency) => breakdown(data.rows, currency, t`Other`))
    .filter(({ slices }) => slices.length > 0);
  if (breakdowns.length === 0) {
    const name = formatMonth(month, locale);
    return (
      <Empty icon={ChartNoAxesColumn} title={t`Nothing spent in ${name}`}>
        <Trans>As soon as something is booked, you will see here where it went.</Trans>
      </Empty>
    );
  }
  return (
    <div className="flex flex-col gap-8">
      {breakdowns.map((one) => (
        <SpendingIn key={one.currency} month={month} breakdown={one} />
      ))}
    </div>
  );
}

function SpendingIn({
  month,
  breakdown: { currency, total, slices },
}: {
  month: Month;
  breakdown: Breakdown;
}) {
  const { t } = useLingui();
  const { locale } = useLocale();
  // The chart comes after the figures, which say the same.
  const isQuiet = useQuiet();
  const room = <div style={{ height: slices.length * 40 + 28 }} />;
  const [largest] = slices;
  const name = formatMonth(month, locale);
  const sum = formatMoney(total, locale);
  const share = formatShare(largest?.share ?? 0, locale);
  const category = largest?.name ?? '';
  const finding = t`${sum} spent in ${name}, ${share} of it on ${category}`;
  return (
    <div>
      <p className="mb-4 max-w-prose text-base text-text-2">
        <Trans>
          <Amount money={total} className="font-semibold text-text" /> spent in {name},{' '}
          <span className="whitespace-nowrap">{share} of it</span> on{' '}
          <span className="font-medium text-text">{category}</span>.
        </Trans>
      </p>
      <div className="grid gap-x-10 gap-y-6 @2xl:grid-cols-2">
        <Suspense fallback={room}>
          {isQuiet ? (
            <BarChart
              finding={finding}
              points={slices.map((slice) => ({
                id: slice.categoryId ?? 'other',
                label: slice.name,
                value: nearly(slice.amount),
                text: `${formatMoney(slice.amount, locale)} · ${formatShare(slice.share, locale)}`,
                isRest: slice.categoryId === null,
              }))}
              formatTick={(value) => formatAxis(value, currency, locale)}
            />
          ) : (
            room
          )}
        </Suspense>
        <SpendingTable month={month} currency={currency} slices={slices} total={total} />
      </div>
    </div>
  );
}

function SpendingTable({ month, currency, slices, total }: { month: Month } & Breakdown) {
  const { t } = useLingui();
  return (
    <table
      className="w-full self-start text-md"
      aria-label={t`Spending by category in ${currency}`}
    >
      <thead className="text-sm text-text-3">
        <tr className="h-8">
          <th scope="col" className="pe-3 text-start font-medium">
            <Trans>Category</Trans>
          </th>
          <th scope="col" className="hidden px-3 text-end font-medium @sm:table-cell">
            <Trans>Entries</Trans>
          </th>
          <th scope="col" className="ps-3 text-end font-medium">
            <Trans>Amount</Trans>
          </th>
        </tr>
      </thead>
      <tbody>
        {slices.map((slice) => (
          <tr key={slice.categoryId ?? 'other'} className="h-10 border-t border-line">
            <th scope="row" className="max-w-0 pe-3 text-start font-normal">
              {slice.categoryId ? (
                <Link
                  to="/transactions"
                  search={{ category_id: slice.categoryId, ...daysOf(month) }}
                  className="block truncate rounded-chip underline-offset-2 hover:underline"
                  title={slice.name}
                >
                  {slice.name}
                </Link>
              ) : (
                <span className="text-text-2">{slice.name}</span>
              )}
            </th>
            <td className="hidden w-16 px-3 text-end text-text-3 tabular-nums @sm:table-cell">
              {slice.count}
            </td>
            <td className="w-px ps-3 text-end font-medium">
              <Amount money={slice.amount} />
            </td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className="h-10 border-t border-line-strong font-semibold">
          <th scope="row" className="text-start font-semibold">
            <Trans>All spending</Trans>
          </th>
          <td className="hidden px-3 text-end font-normal text-text-3 tabular-nums @sm:table-cell">
            <span className="sr-only">
              <Plural value={slices.length} one="# row" other="# rows" />
            </span>
          </td>
          <td className="ps-3 text-end">
            <Amount money={total} />
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
