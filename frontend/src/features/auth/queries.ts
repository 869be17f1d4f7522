import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { login, logout, getMe, register } from '@/api/generated/gateway';
import type { Credentials, NewUser } from '@/api/generated/model';

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => getMe(undefined, { signal }),
  staleTime: Number.POSITIVE_INFINITY,
});

export function useSignIn() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (credentials: Credentials) => login(credentials),
    onSuccess: ({ user }) => {
      cache.setQueryData(meQuery.queryKey, user);
    },
  });
}

export function useSignUp() {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (person: NewUser) => register(person),
    onSuccess: ({ user }) => {
      cache.clear();
      cache.setQueryData(meQuery.queryKey, user);
    },
  });
}

export function useSignOut() {
  return useMutation({
    mutationFn: () => logout({}),
    // A new page, so that nothing of this person stays in memory.
    onSuccess: () => location.assign('/sign-in'),
  });
}
