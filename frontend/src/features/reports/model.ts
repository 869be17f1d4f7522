import type { CategorySpending } from '@/api/generated/model';
import { absolute, money, thousandths, type Money } from '@/lib/money/money';

export interface Slice {
  /** null for what is gathered under "Other". */
  readonly categoryId: string | null;
  readonly name: string;
  readonly amount: Money;
  /** Part of the whole, in thousandths. */
  readonly share: number;
  readonly count: number;
}

export interface Breakdown {
  readonly currency: string;
  readonly total: Money;
  readonly slices: readonly Slice[];
}

const zero = (currency: string): Money => ({ minor: 0n, currency });

const add = (one: Money, other: Money): Money => ({
  minor: one.minor + other.minor,
  currency: one.currency,
});

/** Spending of one currency, largest first; from the seventh on it is one "Other". */
export function breakdown(
  rows: readonly CategorySpending[],
  currency: string,
  other: string,
): Breakdown {
  const spent = rows
    .filter((row) => row.currency === currency)
    .map((row) => ({ row, amount: absolute(money(row.amount, currency)) }))
    .filter(({ amount }) => amount.minor > 0n)
    .toSorted((a, b) => (a.amount.minor < b.amount.minor ? 1 : -1));
  const total = spent.reduce((sum, { amount }) => add(sum, amount), zero(currency));
  const shown = spent.length > 7 ? 6 : spent.length;
  const slices: Slice[] = spent.slice(0, shown).map(({ row, amount }) => ({
    categoryId: row.category_id,
    name: row.name,
    amount,
    share: thousandths(amount, total),
    count: row.posting_count,
  }));
  const rest = spent.slice(shown);
  if (rest.length > 0) {
    const amount = rest.reduce((sum, one) => add(sum, one.amount), zero(currency));
    const count = rest.reduce((sum, one) => sum + one.row.posting_count, 0);
    const share = thousandths(amount, total);
    slices.push({ categoryId: null, name: other, amount, share, count });
  }
  return { currency, total, slices };
}

/** The currencies in which something was spent, that with most entries first. */
export function currenciesOf(rows: readonly CategorySpending[]): string[] {
  const counts = new Map<string, number>();
  for (const { currency, posting_count: count } of rows) {
    counts.set(currency, (counts.get(currency) ?? 0) + count);
  }
  return Array.from(counts)
    .toSorted(([, one], [, other]) => other - one)
    .map(([currency]) => currency);
}
