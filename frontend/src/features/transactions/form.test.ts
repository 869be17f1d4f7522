import { describe, expect, test } from 'vitest';
import { money } from '@/lib/money/money';
import { transaction } from '@/testing/fixtures';
import { changeOf, emptyEntry, requestOf, valuesOf } from './form';

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

describe('what is sent of an edit', () => {
  const entry = transaction({ description: 'for two' });
  const shown = valuesOf(entry, 'en-GB');
  const amount = money('12.50', 'EUR');

  test('nothing, where nothing was changed', () => {
    expect(changeOf(entry, shown, amount)).toEqual({});
  });

  test('null for every field that was emptied', () => {
    const emptied = { ...shown, payee: ' ', description: '', categoryId: '' };
    expect(changeOf(entry, emptied, amount)).toEqual({
      payee: null,
      description: null,
      category_id: null,
    });
  });

  test('the amount, where its size, direction or currency is another', () => {
    expect(changeOf(entry, shown, money('12.05', 'EUR'))).toEqual({ amount: '-12.05' });
    expect(changeOf(entry, { ...shown, direction: 'in' }, amount)).toEqual({ amount: '12.50' });
    expect(changeOf(entry, { ...shown, accountId: 'usd' }, money('12.50', 'USD'))).toEqual({
      account_id: 'usd',
      amount: '-12.50',
    });
  });

  test('no category of an entry that is divided', () => {
    const parts = [
      { amount: '-10.00', category_id: 'food', memo: '' },
      { amount: '-2.50', category_id: 'home', memo: '' },
    ];
    const divided = transaction({ category_id: null, splits: parts });
    const edited = { ...valuesOf(divided, 'en-GB'), payee: 'Market' };
    expect(changeOf(divided, edited, amount)).toEqual({ payee: 'Market' });
  });
});
