import { expect, test } from 'vitest';
import type { CategorySpending } from '@/api/generated/model';
import { money } from '@/lib/money/money';
import { breakdown, currenciesOf } from './model';

const row = (name: string, amount: string, currency = 'EUR', count = 1): CategorySpending => ({
  category_id: name,
  name,
  parent_id: null,
  amount,
  currency,
  posting_count: count,
});

test('the slices come to the total, whatever is gathered under other', () => {
  const rows = Array.from({ length: 9 }, (_, at) => row(`c${at}`, `${at + 1}.10`));
  const { slices, total } = breakdown(rows, 'EUR', 'Other');
  expect(slices).toHaveLength(7);
  expect(slices.at(-1)).toMatchObject({ name: 'Other', categoryId: null, count: 3 });
  expect(slices.reduce((sum, { amount }) => sum + amount.minor, 0n)).toBe(total.minor);
  expect(total).toEqual(money('45.90', 'EUR'));
});

test('a seventh category keeps its name: Other would gain nothing', () => {
  const rows = Array.from({ length: 7 }, (_, at) => row(`c${at}`, '1.00'));
  expect(breakdown(rows, 'EUR', 'Other').slices.map(({ name }) => name)).not.toContain('Other');
});

test('currencies are never mixed', () => {
  const rows = [row('a', '5.00'), row('b', '700', 'JPY', 4)];
  expect(currenciesOf(rows)).toEqual(['JPY', 'EUR']);
  expect(breakdown(rows, 'EUR', 'Other').total).toEqual(money('5.00', 'EUR'));
});
