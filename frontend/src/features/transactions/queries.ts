import { queryOptions, useQueryClient, type QueryClient } from '@tanstack/react-query';
import {
  createTransaction,
  deleteTransaction,
  getTransaction,
  indexTransactions,
  listTransactions,
  restoreTransaction,
  updateTransaction,
} from '@/api/generated/gateway';
import type {
  ListTransactionsParams,
  Transaction,
  NewTransaction,
  TransactionList,
  TransactionChange,
} from '@/api/generated/model';
import { useAct, type Outcome } from '@/api/useAct';
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

/**
 * Goes on until the page is full: a search that finds few of many is answered in parts, and the
 * list counts on whole pages.
 */
async function wholePage(
  params: ListTransactionsParams & { limit: number },
  signal: AbortSignal,
): Promise<TransactionList> {
  const { items, next_cursor } = await listTransactions(params, undefined, { signal });
  const missing = params.limit - items.length;
  if (next_cursor === null || missing === 0) return { items, next_cursor };
  const rest = await wholePage({ ...params, cursor: next_cursor, limit: missing }, signal);
  return { items: [...items, ...rest.items], next_cursor: rest.next_cursor };
}

/** Asks for the page before, whose cursor this one begins at. */
async function fetchPage(
  cache: QueryClient,
  filters: Filters,
  month: Month,
  page: number,
  signal: AbortSignal,
): Promise<TransactionList> {
  const params = inMonth(filters, month);
  if (page === 0) return await wholePage(params, signal);
  const before = await cache.ensureQueryData<TransactionList>({
    queryKey: pageKey(filters, month, page - 1),
    queryFn: (context) => fetchPage(cache, filters, month, page - 1, context.signal),
  });
  if (before.next_cursor === null) return { items: [], next_cursor: null };
  return await wholePage({ ...params, cursor: before.next_cursor }, signal);
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

/** Shows what the gateway answered wherever the entry is on screen, until the lists are asked again. */
function place(cache: QueryClient, booked: Transaction): void {
  cache.setQueryData(transactionQuery(booked.id).queryKey, booked);
  for (const list of ['page', 'recent']) {
    cache.setQueriesData<TransactionList>({ queryKey: ['transactions', list] }, (page) =>
      page
        ? { ...page, items: page.items.map((one) => (one.id === booked.id ? booked : one)) }
        : page,
    );
  }
}

/** `key` is made when the form opens: pressing twice books once. */
export function useCreateTransaction(key: string, outcome: Outcome<Transaction>) {
  const cache = useQueryClient();
  return useAct(async (entry: NewTransaction) => {
    const booked = await createTransaction(entry, { 'idempotency-key': key });
    void refresh(cache);
    return booked;
  }, outcome);
}

type Versioned = Pick<Transaction, 'id' | 'version'>;

const ifMatch = ({ version }: Versioned) => ({ 'if-match': `"${version}"` });

export function useUpdateTransaction(entry: Versioned, outcome: Outcome<Transaction>) {
  const cache = useQueryClient();
  return useAct(async (change: TransactionChange) => {
    const saved = await updateTransaction(entry.id, change, undefined, ifMatch(entry));
    place(cache, saved);
    void refresh(cache);
    return saved;
  }, outcome);
}

export function useDeleteTransaction(entry: Versioned, outcome: Outcome<void>) {
  const cache = useQueryClient();
  return useAct(async () => {
    await deleteTransaction(entry.id, undefined, ifMatch(entry));
    void refresh(cache);
  }, outcome);
}

/** The ledger brings back what was deleted: the same entry, with its splits, status and links. */
export async function restore(cache: QueryClient, { id }: Pick<Transaction, 'id'>): Promise<void> {
  place(cache, await restoreTransaction(id));
  await refresh(cache);
}
