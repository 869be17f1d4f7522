import type { CategorySpending } from '@/api/generated/model';
import { absolute, money, thousandths, type Money } from '@/lib/money/money';

export interface Slice {
  readonly categoryId: string;
  readonly name: string;
  readonly amount: Money;
  /** Part of the whole, in thousandths. */
  readonly share: number;
  readonly count: number;
}

export interface Breakdown {
  readonly currency: string;
  readonly total: Money;
  /** Every category, the largest first. */
  readonly slices: readonly Slice[];
}

const zero = (currency: string): Money => ({ minor: 0n, currency });

const add = (one: Money, other: Money): Money => ({
  minor: one.minor + other.minor,
  currency: one.currency,
});

/** Spending of one currency by category. */
export function breakdown(rows: readonly CategorySpending[], currency: string): Breakdown {
  const spent = rows
    .filter((row) => row.currency === currency)
    .map((row) => ({ row, amount: absolute(money(row.amount, currency)) }))
    .filter(({ amount }) => amount.minor > 0n)
    .toSorted((a, b) => (a.amount.minor < b.amount.minor ? 1 : -1));
  const total = spent.reduce((sum, { amount }) => add(sum, amount), zero(currency));
  const slices = spent.map(({ row, amount }) => ({
    categoryId: row.category_id,
    name: row.name,
    amount,
    share: thousandths(amount, total),
    count: row.posting_count,
  }));
  return { currency, total, slices };
}

/** The slices gathered under "Other". */
export interface Rest extends Pick<Slice, 'amount' | 'share' | 'count'> {
  readonly slices: readonly Slice[];
}

const fewest = 6;
const most = 12;
/** Thousandths of the whole that "Other" may hold while there is room for one more row. */
const smallRest = 100;

/** The categories that are shown by themselves, and the many small ones behind them as one. */
export function gathered({ slices, total }: Breakdown): {
  shown: readonly Slice[];
  rest: Rest | undefined;
} {
  let count = 0;
  let shown = zero(total.currency);
  for (const { amount } of slices) {
    const left = add(total, { minor: -shown.minor, currency: total.currency });
    if (count === most || (count >= fewest && thousandths(left, total) <= smallRest)) break;
    shown = add(shown, amount);
    count += 1;
  }
  const rest = slices.slice(count);
  // One category keeps its name: "Other" would save no row.
  if (rest.length < 2) return { shown: slices, rest: undefined };
  const amount = rest.reduce((sum, one) => add(sum, one.amount), zero(total.currency));
  return {
    shown: slices.slice(0, count),
    rest: {
      slices: rest,
      amount,
      share: thousandths(amount, total),
      count: rest.reduce((sum, one) => sum + one.count, 0),
    },
  };
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
