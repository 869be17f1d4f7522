import { queryOptions, useQueryClient } from '@tanstack/react-query';
import { login, logout, getMe, register } from '@/api/generated/gateway';
import type { Credentials, NewUser } from '@/api/generated/model';
import { useAct, type Outcome } from '@/api/useAct';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => getMe(undefined, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export function useSignIn(outcome: Outcome<unknown>) {
  const cache = useQueryClient();
  return useAct(async (credentials: Credentials) => {
    const { user } = await login(credentials);
    cache.setQueryData(meQuery.queryKey, user);
  }, outcome);
}

export function useSignUp(outcome: Outcome<unknown>) {
  const cache = useQueryClient();
  return useAct(async (person: NewUser) => {
    const { user } = await register(person);
    cache.clear();
    cache.setQueryData(meQuery.queryKey, user);
  }, outcome);
}

export function useSignOut() {
  return useAct(() => logout({}), {
    // A new page, so that nothing of this person stays in memory.
    onDone: () => location.assign('/sign-in'),
  });
}
