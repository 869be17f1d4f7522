import { expect, test } from 'vitest';
import { money } from '@/lib/money/money';
import { emptyEntry, requestOf } from './form';

const values = { ...emptyEntry('a1'), payee: ' REWE ', date: '2026-11-22', categoryId: 'food' };

test('money out is below zero from the view of the account', () => {
  expect(requestOf(values, money('4.50', 'EUR'))).toEqual({
    account_id: 'a1',
    date: '2026-11-22',
    amount: '-4.50',
    payee: 'REWE',
    description: '',
    category_id: 'food',
  });
});

test('money in is above zero', () => {
  expect(requestOf({ ...values, direction: 'in' }, money('4.50', 'EUR')).amount).toBe('4.50');
});

test('a transfer has another account and no category', () => {
  const sent = requestOf(
    { ...values, direction: 'transfer', toAccountId: 'a2' },
    money('100', 'JPY'),
  );
  expect(sent).toMatchObject({ amount: '-100', to_account_id: 'a2' });
  expect(sent).not.toHaveProperty('category_id');
});
