import { expect, test } from 'vitest';
import type { CategorySpending } from '@/api/generated/model';
import { money } from '@/lib/money/money';
import { breakdown, currenciesOf, gathered } from './model';

const row = (name: string, amount: string, currency = 'EUR', count = 1): CategorySpending => ({
  category_id: name,
  name,
  parent_id: null,
  amount,
  currency,
  posting_count: count,
});

const rowsOf = (...amounts: number[]) => amounts.map((amount, at) => row(`c${at}`, `${amount}.00`));

test('what is shown and what is gathered come to the total', () => {
  const whole = breakdown(rowsOf(9, 8, 7, 6, 5, 4, 3, 2, 1, 1, 1), 'EUR');
  const { shown, rest } = gathered(whole);
  const sums = [...shown, ...(rest?.slices ?? [])].map(({ amount }) => amount.minor);
  expect(sums.reduce((sum, one) => sum + one)).toBe(whole.total.minor);
  const gatheredSums = rest?.slices.map(({ amount }) => amount.minor) ?? [];
  expect(rest?.amount.minor).toBe(gatheredSums.reduce((sum, one) => sum + one));
  expect(rest?.count).toBe(rest?.slices.length);
});

test('after six categories, as many are shown as it takes to leave a tenth for Other', () => {
  expect(gathered(breakdown(rowsOf(70, 6, 5, 5, 5, 5, 2, 2), 'EUR')).shown).toHaveLength(6);
  const { shown, rest } = gathered(breakdown(rowsOf(...Array<number>(11).fill(9), 1), 'EUR'));
  expect(shown).toHaveLength(10);
  expect(rest?.share).toBeLessThanOrEqual(100);
});

test('of very many equal categories a dozen is shown', () => {
  const { shown, rest } = gathered(breakdown(rowsOf(...Array<number>(40).fill(1)), 'EUR'));
  expect(shown).toHaveLength(12);
  expect(rest?.slices).toHaveLength(28);
});

test('a last category keeps its name: Other would save no row', () => {
  const { shown, rest } = gathered(breakdown(rowsOf(90, 2, 2, 2, 2, 1, 1), 'EUR'));
  expect(shown).toHaveLength(7);
  expect(rest).toBeUndefined();
});

test('currencies are never mixed', () => {
  const rows = [row('a', '5.00'), row('b', '700', 'JPY', 4)];
  expect(currenciesOf(rows)).toEqual(['JPY', 'EUR']);
  expect(breakdown(rows, 'EUR').total).toEqual(money('5.00', 'EUR'));
});
