import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import {
  createTransaction,
  deleteTransaction,
  getTransaction,
  indexTransactions,
  listTransactions,
  updateTransaction,
} from '@/api/generated/gateway';
import type {
  Transaction,
  NewTransaction,
  TransactionList,
  TransactionChange,
} from '@/api/generated/model';
import type { Month } from '@/lib/dates';
import { asParams, inMonth, type Filters } from './model';

export const recentQuery = queryOptions({
  queryKey: ['transactions', 'recent'],
  queryFn: ({ signal }) => listTransactions({ limit: 8 }, undefined, { signal }),
});

/** Months with counts and sums: the shape of the whole list, however long. */
export const indexQuery = (filters: Filters) =>
  queryOptions({
    queryKey: ['transactions', 'index', asParams(filters)],
    queryFn: ({ signal }) => indexTransactions(asParams(filters), undefined, { signal }),
  });

const pageKey = (filters: Filters, month: Month, page: number) =>
  ['transactions', 'page', asParams(filters), month, page] as const;

/** Asks for the page before, whose cursor this one begins at. */
async function fetchPage(
  cache: QueryClient,
  filters: Filters,
  month: Month,
  page: number,
  signal: AbortSignal,
): Promise<TransactionList> {
  const params = inMonth(filters, month);
  if (page === 0) return await listTransactions(params, undefined, { signal });
  const before = await cache.ensureQueryData<TransactionList>({
    queryKey: pageKey(filters, month, page - 1),
    queryFn: (context) => fetchPage(cache, filters, month, page - 1, context.signal),
  });
  if (before.next_cursor === null) return { items: [], next_cursor: null };
  return await listTransactions({ ...params, cursor: before.next_cursor }, undefined, { signal });
}

/** One page of a month. */
export const pageQuery = (cache: QueryClient, filters: Filters, month: Month, page: number) =>
  queryOptions({
    queryKey: pageKey(filters, month, page),
    queryFn: ({ signal }) => fetchPage(cache, filters, month, page, signal),
    // Far months are dropped soon: a list of 100,000 costs what is on screen.
    gcTime: 60_000,
  });

export const transactionQuery = (id: string) =>
  queryOptions({
    queryKey: ['transactions', 'detail', id],
    queryFn: ({ signal }) => getTransaction(id, undefined, undefined, { signal }),
  });

const touched = ['transactions', 'accounts', 'reports'];

async function refresh(cache: QueryClient): Promise<void> {
  await Promise.all(touched.map((noun) => cache.invalidateQueries({ queryKey: [noun] })));
}

export function useCreateTransaction(key: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (entry: NewTransaction) => createTransaction(entry, { 'idempotency-key': key }),
    onSuccess: () => refresh(cache),
  });
}

export function useUpdateTransaction({ id, version }: Pick<Transaction, 'id' | 'version'>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (change: TransactionChange) =>
      updateTransaction(id, change, undefined, { 'if-match': `"${version}"` }),
    onSuccess: () => refresh(cache),
  });
}

export function useDeleteTransaction({ id, version }: Pick<Transaction, 'id' | 'version'>) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () => deleteTransaction(id, undefined, { 'if-match': `"${version}"` }),
    onSuccess: async () => {
      cache.removeQueries({ queryKey: transactionQuery(id).queryKey });
      await refresh(cache);
    },
  });
}

/** Books what was deleted again: the history keeps both, the books are as before. */
export async function restore(cache: QueryClient, deleted: Transaction): Promise<void> {
  await createTransaction(
    {
      account_id: deleted.account_id,
      date: deleted.date,
      amount: deleted.amount,
      payee: deleted.payee,
      description: deleted.description,
      tags: deleted.tags,
      ...(deleted.to_account_id
        ? { to_account_id: deleted.to_account_id }
        : { category_id: deleted.category_id }),
    },
    { 'idempotency-key': `restore-${deleted.entry_id}` },
  );
  await refresh(cache);
}
