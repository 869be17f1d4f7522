import { Trans, useLingui } from '@lingui/react/macro';
import { memo, type CSSProperties, type ReactNode } from 'react';
import type { MonthCount } from '@/api/generated/model';
import { formatDay } from '@/lib/dates';
import { Amount } from '@/ui/Amount';
import { Button } from '@/ui/Button';
import { cx } from '@/ui/cx';
import { useMoney } from '@/ui/money';
import { amountOf } from '../model';
import { nameOf } from '../names';
import { template, type EntryRow } from './columns';
import { MonthLine } from './MonthLine';

interface PlacedRow {
  row: number;
  top: number;
  height: number;
  isActive: boolean;
  onFocus: (row: number) => void;
}

const placed = (top: number, height: number): CSSProperties => ({
  transform: `translateY(${top}px)`,
  height,
});

const position = 'absolute inset-x-0 top-0';
const ring =
  'focus-visible:outline-2 focus-visible:outline-offset-[-2px] focus-visible:outline-focus';

/** aria-rowindex counts from 1, and the heading of the grid is 1. */
function rowProps({ row, top, height, isActive, onFocus }: PlacedRow) {
  return {
    role: 'row',
    'aria-rowindex': row + 2,
    'data-row': row,
    tabIndex: isActive ? 0 : -1,
    onFocus: () => onFocus(row),
    style: placed(top, height),
  };
}

export function MonthGridRow({ month, ...row }: PlacedRow & { month: MonthCount }) {
  return (
    <div {...rowProps(row)} className={cx(position, ring, 'border-b border-line bg-surface')}>
      <div role="gridcell" aria-colspan={5}>
        <MonthLine month={month} height={row.height} />
      </div>
    </div>
  );
}

interface EntryGridRowProps extends PlacedRow {
  entry: EntryRow;
  isOpen: boolean;
  isNarrow: boolean;
  locale: string;
  onOpen: (id: string) => void;
  /** The cells, as the columns draw them. */
  children: ReactNode;
}

function EntryRowBody({
  entry,
  isOpen,
  isNarrow,
  locale,
  onOpen,
  children,
  ...row
}: EntryGridRowProps) {
  const { t } = useLingui();
  const { transaction, category, account, toAccount } = entry;
  const day = formatDay(transaction.date, locale);
  const amount = useMoney().format(amountOf(transaction), { sign: 'always' });
  const name = [day, nameOf(transaction), toAccount ?? category, amount].filter(Boolean).join(', ');
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- the grid hears the keys of all its rows; Enter opens
    <div
      {...rowProps(row)}
      aria-label={name}
      aria-selected={isOpen}
      onClick={() => onOpen(transaction.id)}
      className={cx(
        position,
        ring,
        'cursor-default border-b border-line px-4 text-md transition-colors hover:bg-hover sm:px-5',
        isNarrow ? 'flex items-center gap-4' : cx('grid items-center gap-4', template),
        isOpen && 'bg-accent-soft hover:bg-accent-soft',
      )}
    >
      {isNarrow ? (
        <>
          <span role="gridcell" className="min-w-0 grow">
            <span className="block truncate font-medium">{nameOf(transaction)}</span>
            <span className="block truncate text-sm text-text-3">
              {[day, toAccount ? t`to ${toAccount}` : category || account]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </span>
          <span role="gridcell">
            <Amount
              money={amountOf(transaction)}
              kind={transaction.kind === 'transfer' ? 'balance' : 'flow'}
              className="font-medium"
            />
          </span>
        </>
      ) : (
        children
      )}
    </div>
  );
}

/** Drawn again only when its entry or its place changes: scrolling draws the new rows alone. */
export const EntryGridRow = memo(EntryRowBody, (before, after) => {
  const { children: _before, ...one } = before;
  const { children: _after, ...other } = after;
  return Object.entries(one).every(([name, value]) => value === other[name as keyof typeof other]);
});

/** Holds the place of an entry that has not come yet, or did not. */
export function WaitingGridRow({
  failed,
  onRetry,
  ...row
}: PlacedRow & { failed: boolean; onRetry: () => void }) {
  return (
    <div
      {...rowProps(row)}
      aria-busy={!failed}
      className={cx(position, ring, 'flex items-center gap-4 border-b border-line px-4 sm:px-5')}
    >
      <span role="gridcell" className="flex w-full items-center gap-4">
        {failed ? (
          <>
            <span className="text-md text-text-2">
              <Trans>This part could not be loaded</Trans>
            </span>
            <Button size="sm" variant="quiet" onPress={onRetry} excludeFromTabOrder>
              <Trans>Try again</Trans>
            </Button>
          </>
        ) : (
          <>
            <span className="sr-only">
              <Trans>Loading</Trans>
            </span>
            <span aria-hidden className="late h-3 w-16 rounded-chip bg-hover max-sm:hidden" />
            <span aria-hidden className="late h-3 w-2/5 rounded-chip bg-hover" />
            <span aria-hidden className="late ms-auto h-3 w-16 rounded-chip bg-hover" />
          </>
        )}
      </span>
    </div>
  );
}
