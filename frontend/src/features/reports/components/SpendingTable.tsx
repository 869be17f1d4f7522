import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';
import { daysOf, type Month } from '@/lib/dates';
import { Amount } from '@/ui/Amount';
import { cx } from '@/ui/cx';
import type { Breakdown, Rest, Slice } from '../model';

interface SpendingTableProps {
  month: Month;
  breakdown: Breakdown;
  shown: readonly Slice[];
  rest: Rest | undefined;
  isRestOpen: boolean;
  onRest: (isOpen: boolean) => void;
}

/** The same as the chart, in figures: every row leads to its entries, "Other" to its categories. */
export function SpendingTable({
  month,
  breakdown: { currency, total, slices },
  shown,
  rest,
  isRestOpen,
  onRest,
}: SpendingTableProps) {
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
        {shown.map((slice) => (
          <CategoryRow key={slice.categoryId} month={month} slice={slice} />
        ))}
        {rest ? (
          <Row
            amount={rest}
            name={
              <Button
                aria-expanded={isRestOpen}
                onPress={() => onRest(!isRestOpen)}
                className="-mx-1.5 flex max-w-full items-center gap-1.5 rounded-control px-1.5 py-1 text-start text-text-2 hover:bg-hover hover:text-text coarse:min-h-11"
              >
                <ChevronDown
                  aria-hidden
                  className={cx(
                    'size-4 shrink-0 transition-transform',
                    !isRestOpen && '-rotate-90 rtl:rotate-90',
                  )}
                />
                <span className="truncate">
                  <Trans>Other</Trans>
                </span>
                <span className="sr-only">
                  <Plural value={rest.slices.length} one="# category" other="# categories" />
                </span>
              </Button>
            }
          />
        ) : null}
        {rest && isRestOpen
          ? rest.slices.map((slice) => (
              <CategoryRow key={slice.categoryId} month={month} slice={slice} isInRest />
            ))
          : null}
      </tbody>
      <tfoot>
        <tr className="h-10 border-t border-line-strong font-semibold">
          <th scope="row" className="text-start font-semibold">
            <Trans>All spending</Trans>
          </th>
          <td className="hidden px-3 text-end font-normal text-text-3 tabular-nums @sm:table-cell">
            <span className="sr-only">
              <Plural value={slices.length} one="# category" other="# categories" />
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

function CategoryRow({
  month,
  slice,
  isInRest = false,
}: {
  month: Month;
  slice: Slice;
  isInRest?: boolean;
}) {
  return (
    <Row
      amount={slice}
      isInRest={isInRest}
      name={
        <Link
          to="/transactions"
          search={{ category_id: slice.categoryId, ...daysOf(month) }}
          className="block truncate rounded-chip underline-offset-2 hover:underline"
          title={slice.name}
        >
          {slice.name}
        </Link>
      }
    />
  );
}

function Row({
  name,
  amount: { amount, count },
  isInRest = false,
}: {
  name: ReactNode;
  amount: Pick<Slice, 'amount' | 'count'>;
  isInRest?: boolean;
}) {
  return (
    <tr className="h-10 border-t border-line">
      <th
        scope="row"
        className={cx('max-w-0 pe-3 text-start font-normal', isInRest && 'ps-5.5 text-text-2')}
      >
        {name}
      </th>
      <td className="hidden w-16 px-3 text-end text-text-3 tabular-nums @sm:table-cell">{count}</td>
      <td className={cx('w-px ps-3 text-end', isInRest ? 'text-text-2' : 'font-medium')}>
        <Amount money={amount} />
      </td>
    </tr>
  );
}
