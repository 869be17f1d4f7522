import { recall, remember } from '@/lib/storage';

const refreshedAt = 'pfa.refreshed-at';

/** The double-submit value of a write: the readable twin of the session's cookie. */
export function csrfToken(): string | undefined {
  return document.cookie
    .split('; ')
    .find((pair) => pair.startsWith('__Host-pfa_csrf='))
    ?.split('=')
    .slice(1)
    .join('=');
}

let refreshing: Promise<boolean> | undefined;

/**
 * Renews the session; callers that fail together share one renewal. A refresh token works once, so the
 * tabs of a browser take turns, and one that waited finds the work done.
 */
export function refreshSession(failedAt: number): Promise<boolean> {
  refreshing ??= exclusively(async () => {
    if (Number(recall(refreshedAt) ?? 0) > failedAt) return true;
    const response = await fetch('/api/v1/auth/refresh', {
      method: 'POST',
      headers: writeHeaders({ 'Content-Type': 'application/json' }),
      body: '{}',
    });
    if (response.ok) remember(refreshedAt, String(Date.now()));
    return response.ok;
  }).finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

async function exclusively(work: () => Promise<boolean>): Promise<boolean> {
  return navigator.locks ? await navigator.locks.request('pfa.refresh', work) : await work();
}

/** What every write by cookie carries. */
export function writeHeaders(headers: Record<string, string>): Record<string, string> {
  const token = csrfToken();
  return { ...headers, 'X-Session': 'cookie', ...(token ? { 'X-CSRF-Token': token } : {}) };
}

type SignInAgain = () => Promise<boolean>;

let signInAgain: SignInAgain | undefined;

/** The shell offers the dialog in which an ended session is taken up again. */
export function offerSignIn(dialog: SignInAgain): () => void {
  signInAgain = dialog;
  return () => {
    if (signInAgain === dialog) signInAgain = undefined;
  };
}

/** Resolves to true when the person is in again; to false when they declined or nobody can ask. */
export async function askToSignIn(): Promise<boolean> {
  return (await signInAgain?.()) ?? false;
}
