import { useLingui } from '@lingui/react/macro';
import { useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { TransactionIndex } from '@/api/generated/model';
import { useLocale } from '@/ui/locale';
import { useIsNarrow } from '@/ui/useMedia';
import { cx } from '@/ui/cx';
import { RowMap, type Filters } from '../model';
import { columns, features, getRowId, headings, template } from './columns';
import { EntryGridRow, MonthGridRow, WaitingGridRow } from './GridRows';
import { MonthLine } from './MonthLine';
import { useGridKeys } from './useGridKeys';
import { useEntryRows } from './useEntryRows';
import { useVisiblePages } from './useVisiblePages';

interface TransactionGridProps {
  filters: Filters;
  index: TransactionIndex;
  categories: ReadonlyMap<string, string>;
  accounts: ReadonlyMap<string, string>;
  openId: string | undefined;
  onOpen: (id: string) => void;
}

/** In px, as `rowHeight`: rows have fixed heights, so that none is measured. */
const monthHeight = 40;

/**
 * The whole list at the cost of what is on screen: the index gives every month its place, pages are
 * fetched for the months in view. The scrollbar stands for all rows.
 */
export function TransactionGrid({
  filters,
  index,
  categories,
  accounts,
  openId,
  onOpen,
}: TransactionGridProps) {
  const { t } = useLingui();
  const { locale } = useLocale();
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useIsNarrow();
  const map = useMemo(() => new RowMap(index.months), [index.months]);
  const rowHeight = isNarrow ? 64 : monthHeight;
  // The same functions at every render: with new ones all rows would be laid out again.
  const heightOf = useCallback(
    (row: number) => (map.at(row).kind === 'month' ? monthHeight : rowHeight),
    [map, rowHeight],
  );
  const virtualizer = useVirtualizer({
    count: map.rows,
    getScrollElement: () => scroller.current,
    estimateSize: heightOf,
    overscan: 6,
  });
  useEffect(() => virtualizer.measure(), [virtualizer, heightOf]);
  const items = virtualizer.getVirtualItems();
  const pages = useVisiblePages(
    filters,
    map,
    items.map((item) => item.index),
  );

  const rowOf = useEntryRows(categories, accounts);
  const data = items.flatMap(({ index: row }) => {
    const transaction = pages.entryAt(row);
    return transaction ? [{ row, entry: rowOf(transaction) }] : [];
  });
  const table = useTable({ features, columns, data, getRowId });
  const modelRows = new Map(table.getRowModel().rows.map((row) => [data[row.index]?.row, row]));
  const keys = useGridKeys({ map, virtualizer, scroller, onOpen, entryAt: pages.entryAt });
  const top = items.find((item) => item.end > (virtualizer.scrollOffset ?? 0));

  return (
    // oxlint-disable-next-line jsx-a11y/interactive-supports-focus -- its rows take the focus in turn
    <div
      role="grid"
      aria-label={t`Transactions`}
      aria-rowcount={map.rows + 1}
      aria-colcount={columns.length}
      className="@container flex min-h-0 grow flex-col"
      onKeyDown={keys.onKeyDown}
    >
      <div
        role="row"
        aria-rowindex={1}
        className={cx(
          'grid h-9 shrink-0 items-center gap-4 overflow-hidden border-b border-line px-4 text-sm font-medium text-text-3 [scrollbar-gutter:stable] max-sm:sr-only sm:px-5',
          template,
        )}
      >
        {Object.entries(headings).map(([id, { label, className }]) => (
          <span key={id} role="columnheader" className={className}>
            <HeadingLabel message={label} />
          </span>
        ))}
      </div>
      <div
        ref={scroller}
        role="rowgroup"
        className="relative min-h-0 grow overflow-y-auto overscroll-contain [contain:strict] [scrollbar-gutter:stable]"
      >
        {top ? (
          <div aria-hidden className="sticky top-0 z-10 h-0">
            <div className="border-b border-line bg-surface">
              <MonthLine month={map.at(top.index).month} height={monthHeight} />
            </div>
          </div>
        ) : null}
        <div className="relative w-full" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const place = map.at(item.index);
            const shared = {
              row: item.index,
              top: item.start,
              height: item.size,
              isActive: keys.active === item.index,
              onFocus: keys.setActive,
            };
            if (place.kind === 'month') {
              return <MonthGridRow key={item.key} {...shared} month={place.month} />;
            }
            const row = modelRows.get(item.index);
            if (!row) {
              return (
                <WaitingGridRow
                  key={item.key}
                  {...shared}
                  failed={pages.isFailed(item.index)}
                  onRetry={pages.retry}
                />
              );
            }
            return (
              <EntryGridRow
                key={item.key}
                {...shared}
                entry={row.original.entry}
                isOpen={row.original.entry.transaction.id === openId}
                isNarrow={isNarrow}
                locale={locale}
                onOpen={keys.open}
              >
                {row.getAllCells().map((cell) => (
                  // oxlint-disable-next-line jsx-a11y/control-has-associated-label -- the column draws its words
                  <span
                    key={cell.id}
                    role="gridcell"
                    className={cx('min-w-0', headings[cell.column.id]?.className)}
                  >
                    <table.FlexRender cell={cell} />
                  </span>
                ))}
              </EntryGridRow>
            );
          })}
        </div>
      </div>
    </div>
  );
}

function HeadingLabel({ message }: { message: (typeof headings)[string]['label'] }) {
  const { i18n } = useLingui();
  return i18n._(message);
}
