import { recall, remember } from '@/lib/storage';
import { traceparent } from '@/lib/trace';

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
    if (response.ok) sessionRenewed();
    return response.ok;
  }).finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

const renewals = new EventTarget();

/** Tells this tab and the others that the session holds again. */
export function sessionRenewed(): void {
  remember(refreshedAt, String(Date.now()));
  renewals.dispatchEvent(new Event('renewed'));
}

/** Calls back whenever the session was renewed or begun again, here or in another tab. */
export function onSessionRenewed(callback: () => void): () => void {
  const inAnotherTab = ({ key }: StorageEvent) => {
    if (key === refreshedAt) callback();
  };
  renewals.addEventListener('renewed', callback);
  window.addEventListener('storage', inAnotherTab);
  return () => {
    renewals.removeEventListener('renewed', callback);
    window.removeEventListener('storage', inAnotherTab);
  };
}

/**
 * Whether the session holds; renews it where it has expired. For work in the background: it never asks
 * the person to sign in. `unknown` where the server can't be reached.
 */
export async function checkSession(): Promise<'holds' | 'ended' | 'unknown'> {
  const startedAt = Date.now();
  try {
    const response = await fetch('/api/v1/auth/me', { headers: { traceparent: traceparent() } });
    if (response.ok) return 'holds';
    if (response.status !== 401) return 'unknown';
    return (await refreshSession(startedAt)) ? 'holds' : 'ended';
  } catch (error) {
    if (error instanceof TypeError) return 'unknown'; // fetch: no connection
    throw error;
  }
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
  const isIn = (await signInAgain?.()) ?? false;
  if (isIn) sessionRenewed();
  return isIn;
}
