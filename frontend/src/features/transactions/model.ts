import type { ListTransactionsParams, Transaction, MonthCount } from '@/api/generated/model';
import { addMonths, daysOf, type Month } from '@/lib/dates';
import { money, type Money } from '@/lib/money/money';

/** The filters as they stand in the URL; named like the API's parameters. */
export interface Filters {
  readonly q?: string | undefined;
  readonly account_id?: string | undefined;
  readonly category_id?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly type?: string | undefined;
}

export const pageSize = 100;

export function isFiltered(filters: Filters): boolean {
  return Object.values(filters).some((value) => value !== undefined && value !== '');
}

/** Only what is set, so that equal filters are equal cache keys. */
export function asParams(filters: Filters): ListTransactionsParams {
  return Object.fromEntries(
    Object.entries(filters).filter(([, value]) => value !== undefined && value !== ''),
  );
}

/** The part of a filtered list that lies in one month. */
export function inMonth(
  filters: Filters,
  month: Month,
): ListTransactionsParams & { limit: number } {
  const { from, to } = daysOf(month);
  const later = filters.from && filters.from > from ? filters.from : from;
  const earlier = filters.to && filters.to < to ? filters.to : to;
  return { ...asParams(filters), from: later, to: earlier, limit: pageSize };
}

export type Place =
  | { readonly kind: 'month'; readonly month: MonthCount }
  | { readonly kind: 'entry'; readonly month: MonthCount; readonly offset: number };

/** Where each row of the whole list lies: a heading for every month, then its entries. */
export class RowMap {
  readonly rows: number;
  private readonly starts: readonly number[];

  constructor(readonly months: readonly MonthCount[]) {
    let next = 0;
    this.starts = months.map(({ count }) => {
      const start = next;
      next += count + 1;
      return start;
    });
    this.rows = next;
  }

  at(row: number): Place {
    const index = this.monthIndexAt(row);
    const month = this.months[index];
    const start = this.starts[index];
    if (month === undefined || start === undefined) throw new RangeError(`no row ${row}`);
    return row === start
      ? { kind: 'month', month }
      : { kind: 'entry', month, offset: row - start - 1 };
  }

  /** The month a row belongs to, found by halving. */
  private monthIndexAt(row: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** A page of a month that rows on screen need. */
export interface PageOfMonth {
  readonly month: Month;
  readonly page: number;
}

/** The pages that hold these rows, each once. */
export function pagesFor(map: RowMap, rows: readonly number[]): PageOfMonth[] {
  const needed = new Map<string, PageOfMonth>();
  for (const row of rows) {
    const place = map.at(row);
    if (place.kind === 'month') continue;
    const page = Math.floor(place.offset / pageSize);
    needed.set(`${place.month.month}/${page}`, { month: place.month.month, page });
  }
  return Array.from(needed.values());
}

export function amountOf(transaction: Pick<Transaction, 'amount' | 'currency'>): Money {
  return money(transaction.amount, transaction.currency);
}

/** Periods offered beside the search; an open one has no end. */
export function periods(thisMonth: Month): { id: string; from?: string; to?: string }[] {
  const last = addMonths(thisMonth, -1);
  const year = thisMonth.slice(0, 4);
  return [
    { id: 'all' },
    { id: 'this-month', ...daysOf(thisMonth) },
    { id: 'last-month', ...daysOf(last) },
    { id: 'this-year', from: `${year}-01-01`, to: `${year}-12-31` },
  ];
}
