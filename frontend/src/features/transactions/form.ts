import * as v from 'valibot';
import type { Transaction, NewTransaction } from '@/api/generated/model';
import { today, type Day } from '@/lib/dates';
import type { Money } from '@/lib/money/money';
import { absolute, negate, toDecimal } from '@/lib/money/money';
import { amountOf } from './model';

export type Direction = 'out' | 'in' | 'transfer';

export const entrySchema = v.object({
  direction: v.picklist(['out', 'in', 'transfer']),
  amount: v.pipe(v.string(), v.trim(), v.nonEmpty()),
  payee: v.pipe(v.string(), v.trim(), v.maxLength(140)),
  date: v.pipe(v.string(), v.isoDate()),
  accountId: v.pipe(v.string(), v.nonEmpty()),
  toAccountId: v.string(),
  categoryId: v.string(),
  description: v.pipe(v.string(), v.trim(), v.maxLength(500)),
});

export interface EntryValues {
  direction: Direction;
  amount: string;
  payee: string;
  date: Day;
  accountId: string;
  toAccountId: string;
  categoryId: string;
  description: string;
}

export function emptyEntry(accountId: string): EntryValues {
  return {
    direction: 'out',
    amount: '',
    payee: '',
    date: today(),
    accountId,
    toAccountId: '',
    categoryId: '',
    description: '',
  };
}

/** The entry as the form shows it: the amount without a sign, which the direction carries. */
export function valuesOf(transaction: Transaction): EntryValues {
  const amount = amountOf(transaction);
  return {
    direction: directionOf(transaction, amount),
    amount: toDecimal(absolute(amount)),
    payee: transaction.payee,
    date: transaction.date,
    accountId: transaction.account_id,
    toAccountId: transaction.to_account_id ?? '',
    categoryId: transaction.category_id ?? '',
    description: transaction.description,
  };
}

function directionOf({ kind }: Transaction, amount: Money): Direction {
  if (kind === 'transfer') return 'transfer';
  return amount.minor < 0n ? 'out' : 'in';
}

/** What the API is sent; money leaves the account in transfers too, so their amount is below zero. */
export function requestOf(values: EntryValues, amount: Money): NewTransaction {
  const size = absolute(amount);
  const signed = values.direction === 'in' ? size : negate(size);
  const isTransfer = values.direction === 'transfer';
  return {
    account_id: values.accountId,
    date: values.date,
    amount: toDecimal(signed),
    payee: values.payee.trim(),
    description: values.description.trim(),
    ...(isTransfer ? { to_account_id: values.toAccountId } : {}),
    ...(!isTransfer && values.categoryId ? { category_id: values.categoryId } : {}),
  };
}
