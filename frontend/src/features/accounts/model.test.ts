import { expect, test } from 'vitest';
import type { Account } from '@/api/generated/model';
import { money } from '@/lib/money/money';
import { grouped, totals } from './model';

const account = (values: Partial<Account>): Account => ({
  id: 'a',
  name: 'Giro',
  type: 'checking',
  currency: 'EUR',
  balance: '0.00',
  institution: '',
  last_digits: '',
  closed: false,
  archived: false,
  balance_as_of: null,
  cleared_balance: '0.00',
  note: '',
  opening_balance: null,
  opening_date: null,
  reconciled_balance: '0.00',
  version: 1,
  created_at: '2026-11-22T12:00:00Z',
  updated_at: '2026-11-22T12:00:00Z',
  ...values,
});

const accounts = [
  account({ balance: '100.10' }),
  account({ type: 'credit_card', balance: '-30.05' }),
  account({ type: 'cash', currency: 'JPY', balance: '5000' }),
  account({ balance: '999.00', closed: true }),
];

test('closed accounts count for nothing', () => {
  expect(totals(accounts)).toEqual([money('70.05', 'EUR'), money('5000', 'JPY')]);
});

test('groups come in a fixed order with a sum for each currency', () => {
  expect(grouped(accounts).map(({ id, sums }) => [id, sums])).toEqual([
    ['everyday', [money('100.10', 'EUR'), money('5000', 'JPY')]],
    ['owed', [money('-30.05', 'EUR')]],
  ]);
});
