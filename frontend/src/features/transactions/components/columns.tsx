import { msg } from '@lingui/core/macro';
import type { MessageDescriptor } from '@lingui/core';
import { createColumnHelper, tableFeatures } from '@tanstack/react-table';
import { ArrowLeftRight, FileText } from 'lucide-react';
import type { Transaction } from '@/api/generated/model';
import { formatDayShort } from '@/lib/dates';
import { Amount } from '@/ui/Amount';
import { useLocale } from '@/ui/locale';
import { amountOf } from '../model';
import { nameOf } from '../names';

/** A row of the grid: the entry and the names of what it points to. */
export interface EntryRow {
  readonly transaction: Transaction;
  readonly category: string;
  readonly account: string;
  readonly toAccount: string | undefined;
}

export const features = tableFeatures({});
const helper = createColumnHelper<typeof features, PlacedEntry>();

/** What the table is given: the entry, and where in the whole list it stands. */
export interface PlacedEntry {
  readonly row: number;
  readonly entry: EntryRow;
}

export const getRowId = ({ entry }: PlacedEntry) => entry.transaction.id;

/** One template for heading and rows, so that they line up. */
export const template =
  'grid-cols-[6.5rem_minmax(0,1fr)_8.5rem] @xl:grid-cols-[6.5rem_minmax(0,1.5fr)_minmax(0,1fr)_8.5rem] @4xl:grid-cols-[6.5rem_minmax(0,1.6fr)_minmax(0,1fr)_minmax(0,1fr)_8.5rem]';

export const headings: Record<string, { label: MessageDescriptor; className: string }> = {
  date: { label: msg`Date`, className: '' },
  payee: { label: msg`Payee`, className: '' },
  category: { label: msg`Category`, className: 'hidden @xl:block' },
  account: { label: msg`Account`, className: 'hidden @4xl:block' },
  amount: { label: msg`Amount`, className: 'text-end' },
};

export const columns = helper.columns([
  helper.display({ id: 'date', cell: ({ row }) => <DayCell row={row.original.entry} /> }),
  helper.display({ id: 'payee', cell: ({ row }) => <PayeeCell row={row.original.entry} /> }),
  helper.display({ id: 'category', cell: ({ row }) => <CategoryCell row={row.original.entry} /> }),
  helper.display({
    id: 'account',
    cell: ({ row }) => (
      <span className="block truncate text-text-2">{row.original.entry.account}</span>
    ),
  }),
  helper.display({ id: 'amount', cell: ({ row }) => <AmountCell row={row.original.entry} /> }),
]);

function DayCell({ row }: { row: EntryRow }) {
  const { locale } = useLocale();
  return (
    <span className="whitespace-nowrap text-text-2 tabular-nums">
      {formatDayShort(row.transaction.date, locale)}
    </span>
  );
}

function PayeeCell({ row: { transaction, category } }: { row: EntryRow }) {
  return (
    <span className="flex min-w-0 items-center gap-2">
      <span className="truncate font-medium" title={nameOf(transaction)}>
        {nameOf(transaction)}
      </span>
      {transaction.document_id ? (
        <FileText aria-hidden className="size-3.5 shrink-0 text-text-3" />
      ) : null}
      <span className="truncate text-sm text-text-3 @xl:hidden">{category}</span>
    </span>
  );
}

function CategoryCell({ row: { category, toAccount } }: { row: EntryRow }) {
  return (
    <span className="flex min-w-0 items-center gap-1.5 text-text-2">
      {toAccount ? <ArrowLeftRight aria-hidden className="size-3.5 shrink-0 text-text-3" /> : null}
      <span className="truncate">{toAccount ?? category}</span>
    </span>
  );
}

function AmountCell({ row: { transaction } }: { row: EntryRow }) {
  const isTransfer = transaction.kind === 'transfer';
  return (
    <Amount
      money={amountOf(transaction)}
      kind={isTransfer ? 'balance' : 'flow'}
      className={isTransfer ? 'text-text-3' : 'font-medium'}
    />
  );
}
