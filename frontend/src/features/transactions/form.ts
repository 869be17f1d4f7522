import * as v from 'valibot';
import type { NewTransaction, Transaction, TransactionChange } from '@/api/generated/model';
import { today, type Day } from '@/lib/dates';
import type { Money } from '@/lib/money/money';
import { toInput } from '@/lib/money/input';
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
export function valuesOf(transaction: Transaction, locale: string): EntryValues {
  const amount = amountOf(transaction);
  return {
    direction: directionOf(transaction, amount),
    amount: toInput(amount, locale),
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

/** Money leaves the account in transfers too, so their amount is below zero. */
function signed(direction: Direction, amount: Money): string {
  const size = absolute(amount);
  return toDecimal(direction === 'in' ? size : negate(size));
}

/** A new entry, as the API is sent it. */
export function requestOf(values: EntryValues, amount: Money): NewTransaction {
  const isTransfer = values.direction === 'transfer';
  return {
    account_id: values.accountId,
    date: values.date,
    amount: signed(values.direction, amount),
    payee: values.payee.trim(),
    description: values.description.trim(),
    ...(isTransfer ? { to_account_id: values.toAccountId } : {}),
    ...(!isTransfer && values.categoryId ? { category_id: values.categoryId } : {}),
  };
}

/**
 * Only what differs from the entry: the API keeps what is absent. A field that was emptied is null,
 * which takes the value away.
 */
export function changeOf(
  entry: Transaction,
  values: EntryValues,
  amount: Money,
): TransactionChange {
  const text = signed(values.direction, amount);
  const isSameAmount = text === entry.amount && amount.currency === entry.currency;
  const differs = (value: string, known: string | null) => value !== (known ?? '');
  const payee = values.payee.trim();
  const description = values.description.trim();
  const isTransfer = values.direction === 'transfer';
  return {
    ...(differs(values.accountId, entry.account_id) ? { account_id: values.accountId } : {}),
    ...(differs(values.date, entry.date) ? { date: values.date } : {}),
    ...(isSameAmount ? {} : { amount: text }),
    ...(differs(payee, entry.payee) ? { payee: payee || null } : {}),
    ...(differs(description, entry.description) ? { description: description || null } : {}),
    ...(isTransfer && differs(values.toAccountId, entry.to_account_id)
      ? { to_account_id: values.toAccountId }
      : {}),
    ...(!isTransfer && differs(values.categoryId, entry.category_id)
      ? { category_id: values.categoryId || null }
      : {}),
  };
}

/** Whether the amount is divided among several categories: then no one category can stand for it. */
export function isSplit({ splits }: Pick<Transaction, 'splits'>): boolean {
  return splits.length > 1;
}

/** The form's fields by their names in the API. */
export function fieldsOf(direction: Direction, isDivided: boolean): string[] {
  const always = ['amount', 'payee', 'date', 'account_id', 'description'];
  if (direction === 'transfer') return [...always, 'to_account_id'];
  return isDivided ? always : [...always, 'category_id'];
}
