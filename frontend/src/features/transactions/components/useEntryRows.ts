import { useMemo } from 'react';
import type { Transaction } from '@/api/generated/model';
import { categoriesOf } from '../names';
import type { EntryRow } from './columns';

type Names = ReadonlyMap<string, string>;
type RowOf = (entry: Transaction) => EntryRow;

/** The same row object for the same entry, so that an unchanged row is not drawn again. */
export function useEntryRows(categories: Names, accounts: Names): RowOf {
  return useMemo(() => remembered(categories, accounts), [categories, accounts]);
}

function remembered(categories: Names, accounts: Names): RowOf {
  const known = new WeakMap<Transaction, EntryRow>();
  return (transaction) => {
    const row = known.get(transaction) ?? named(transaction, categories, accounts);
    known.set(transaction, row);
    return row;
  };
}

function named(transaction: Transaction, categories: Names, accounts: Names): EntryRow {
  const { account_id: account, to_account_id: to } = transaction;
  return {
    transaction,
    category: categoriesOf(transaction, categories),
    account: accounts.get(account) ?? '',
    toAccount: to ? accounts.get(to) : undefined,
  };
}
