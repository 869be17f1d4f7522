import { traceparent } from '@/lib/trace';
import { Problem } from './problem';
import { askToSignIn, refreshSession, writeHeaders } from './session';

const reading = new Set(['GET', 'HEAD']);

/** Paths whose 401 means wrong credentials, not an ended session. */
const signingIn = /^\/api\/v1\/auth\/(login|register|refresh|logout)/;

/**
 * The one fetch. Adds trace, CSRF and idempotency headers; on 401 renews the session once for all
 * that wait, then asks the person, then tries once more. Raises Problem.
 */
export async function http<T>(url: string, options: RequestInit = {}): Promise<T> {
  const response = await send(url, prepared(options));
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** As `http`, with the response itself, for what is not JSON. */
export async function send(url: string, options: RequestInit): Promise<Response> {
  const startedAt = Date.now();
  const response = await attempt(url, options);
  if (response.status !== 401 || signingIn.test(url)) return await accepted(response);
  const renewed = (await refreshSession(startedAt)) || (await askToSignIn());
  return await accepted(renewed ? await attempt(url, options) : response);
}

async function attempt(url: string, options: RequestInit): Promise<Response> {
  const headers = Object.fromEntries(new Headers(options.headers).entries());
  const isWrite = !reading.has(options.method ?? 'GET');
  try {
    return await fetch(url, {
      ...options,
      // Read anew for each attempt: a renewed session has a new CSRF value.
      headers: { traceparent: traceparent(), ...(isWrite ? writeHeaders(headers) : headers) },
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw Problem.offline();
  }
}

async function accepted(response: Response): Promise<Response> {
  if (!response.ok) throw await Problem.from(response);
  return response;
}

/** One idempotency key for all attempts of a POST, unless the form brought its own. */
function prepared(options: RequestInit): RequestInit {
  const headers = new Headers(options.headers);
  if (options.method === 'POST' && !headers.has('Idempotency-Key')) {
    headers.set('Idempotency-Key', crypto.randomUUID());
  }
  return { ...options, headers };
}
