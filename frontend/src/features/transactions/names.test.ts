import { expect, test } from 'vitest';
import { transaction } from '@/testing/fixtures';
import { categoriesOf } from './names';

const names = new Map([
  ['food', 'Food'],
  ['home', 'Home'],
]);
const part = (id: string | null) => ({ category_id: id, amount: '-1.00', memo: '' });

test('an entry that is divided has all its categories, each once', () => {
  const splits = [part('food'), part('home'), part('food'), part(null)];
  expect(categoriesOf(transaction({ splits }), names)).toBe('Food, Home');
});

test('an entry without a category has none', () => {
  expect(categoriesOf(transaction({ splits: [part(null)] }), names)).toBe('');
  expect(categoriesOf(transaction({ splits: [] }), names)).toBe('');
});
