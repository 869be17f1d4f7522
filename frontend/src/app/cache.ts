import { QueryClient } from '@tanstack/react-query';
import { isTransient, Problem } from '@/api/problem';

/** Longer waits are for the person to decide: they are told, and can try again. */
const longestWait = 5;

const waitOf = (error: Error) => (error instanceof Problem ? (error.retryAfter ?? 0) : 0);

export function createCache(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (failures, error) =>
          isTransient(error) && waitOf(error) <= longestWait && failures < 2,
        retryDelay: (failures, error) => Math.max(400 * 2 ** failures, waitOf(error) * 1000),
      },
      // Without a connection an act fails and says so, instead of waiting for one in silence.
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
