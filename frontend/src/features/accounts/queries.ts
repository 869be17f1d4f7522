import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { createAccount, listAccounts } from '@/api/generated/gateway';
import type { NewAccount } from '@/api/generated/model';

export const accountsQuery = queryOptions({
  queryKey: ['accounts', 'list'],
  queryFn: ({ signal }) => listAccounts(undefined, undefined, { signal }),
});

/** `key` is made when the form opens: pressing twice opens one account. */
export function useCreateAccount(key: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (account: NewAccount) => createAccount(account, { 'idempotency-key': key }),
    onSuccess: async () => {
      await cache.invalidateQueries({ queryKey: ['accounts'] });
      void cache.invalidateQueries({ queryKey: ['transactions'] });
    },
  });
}
