import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { createAccount, listAccounts } from '@/api/generated/gateway';
import type { Account, NewAccount } from '@/api/generated/model';
import { useAct, type Outcome } from '@/api/useAct';

/** Every account, also closed and archived ones: their entries keep their names and currencies. */
export const accountsQuery = queryOptions({
  queryKey: ['accounts', 'list'],
  queryFn: ({ signal }) =>
    listAccounts({ include_closed: true, include_archived: true }, undefined, { signal }),
});

/** `key` is made when the form opens: pressing twice opens one account. */
export function useCreateAccount(key: string, outcome: Outcome<Account>) {
  const cache = useQueryClient();
  return useAct(async (account: NewAccount) => {
    const opened = await createAccount(account, { 'idempotency-key': key });
    void cache.invalidateQueries({ queryKey: ['transactions'] });
    await cache.invalidateQueries({ queryKey: ['accounts'] });
    return opened;
  }, outcome);
}
