import type { QueryClient } from '@tanstack/react-query';
import { redirect } from '@tanstack/react-router';
import { Problem } from '@/api/problem';
import { meQuery } from '@/features/auth/queries';

/** For pages of a person who is signed in: others are sent to sign in and come back after it. */
export async function requirePerson(cache: QueryClient, next: string): Promise<void> {
  try {
    await cache.ensureQueryData(meQuery);
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 401) throw error;
    throw redirect({ to: '/sign-in', search: next === '/' ? {} : { next } });
  }
}

/** Only a path of this app is gone to after signing in, never another site. */
export function safeNext(next: string | undefined): string {
  return next?.startsWith('/') && !next.startsWith('//') && !next.includes('\\') ? next : '/';
}
