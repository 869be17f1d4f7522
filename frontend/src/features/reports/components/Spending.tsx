import { Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { ChartNoAxesColumn } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { BarPoint } from '@/charts/BarChart';
import { daysOf, formatMonth, type Month } from '@/lib/dates';
import { formatShare } from '@/lib/money/format';
import { nearly } from '@/lib/money/money';
import { Amount } from '@/ui/Amount';
import { Empty } from '@/ui/Empty';
import { useLocale } from '@/ui/locale';
import { useMoney } from '@/ui/money';
import { useQuiet } from '@/ui/useQuiet';
import { breakdown, currenciesOf, gathered, type Breakdown, type Slice } from '../model';
import { spendingQuery } from '../queries';
import { SpendingTable } from './SpendingTable';

const BarChart = lazy(async () => ({ default: (await import('@/charts/BarChart')).BarChart }));

export function Spending({ month }: { month: Month }) {
  const { t } = useLingui();
  const { locale } = useLocale();
  const { data } = useSuspenseQuery(spendingQuery(month));
  const breakdowns = currenciesOf(data.rows)
    .map((currency) => breakdown(data.rows, currency))
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

const restId = 'other';

function SpendingIn({ month, breakdown: whole }: { month: Month; breakdown: Breakdown }) {
  const { t } = useLingui();
  const { locale } = useLocale();
  const write = useMoney();
  const navigate = useNavigate();
  const [isRestOpen, setRestOpen] = useState(false);
  // The chart comes after the figures, which say the same.
  const isQuiet = useQuiet();
  const { currency, total, slices } = whole;
  const { shown, rest } = gathered(whole);
  const single = isRestOpen ? slices : shown;
  const points = single.map((slice) => pointOf(slice.categoryId, slice.name, slice));
  if (rest && !isRestOpen) points.push(pointOf(restId, t`Other`, rest));
  const room = <div style={{ height: points.length * 40 + 28 }} />;

  function pointOf(
    id: string,
    label: string,
    { amount, share: part }: Pick<Slice, 'amount' | 'share'>,
  ): BarPoint {
    const mark = formatShare(part, locale);
    const text = `${write.format(amount)} · ${mark}`;
    return { id, label, value: nearly(amount), text, mark, isRest: id === restId };
  }

  const choose = (id: string) => {
    if (id === restId) setRestOpen(true);
    else void navigate({ to: '/transactions', search: { category_id: id, ...daysOf(month) } });
  };

  const [largest] = slices;
  const name = formatMonth(month, locale);
  const sum = write.format(total);
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
              points={points}
              formatTick={(value) => write.axis(value, currency)}
              onChoose={choose}
            />
          ) : (
            room
          )}
        </Suspense>
        <SpendingTable
          month={month}
          breakdown={whole}
          shown={shown}
          rest={rest}
          isRestOpen={isRestOpen}
          onRest={setRestOpen}
        />
      </div>
    </div>
  );
}
