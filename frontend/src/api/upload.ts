import { traceparent } from '@/lib/trace';
import { Problem } from './problem';
import { askToSignIn, checkSession, refreshSession, writeHeaders } from './session';

export interface Upload<T> {
  readonly finished: Promise<T>;
  readonly cancel: () => void;
}

/** A multipart POST that tells how far it is (0 to 1), which fetch cannot. Rejects with Problem. */
export function upload<T>(
  url: string,
  body: FormData,
  key: string,
  onProgress: (share: number) => void,
): Upload<T> {
  const controller = new AbortController();
  const attempt = () => transfer(url, body, key, onProgress, controller.signal);
  const run = async () => {
    const startedAt = Date.now();
    let response = await attempt().catch(async (error: unknown) => {
      // A server that refuses an expired token may hang up before it has read a large file.
      const session = error instanceof Problem ? await checkSession() : 'unknown';
      if (session === 'holds' || (session === 'ended' && (await askToSignIn()))) return attempt();
      throw error;
    });
    if (response.status === 401 && ((await refreshSession(startedAt)) || (await askToSignIn()))) {
      response = await attempt();
    }
    if (!response.ok) throw await Problem.from(response);
    return (await response.json()) as T;
  };
  return { finished: run(), cancel: () => controller.abort() };
}

function transfer(
  url: string,
  body: FormData,
  key: string,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', url);
    const headers = writeHeaders({ traceparent: traceparent(), 'Idempotency-Key': key });
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded, total }) =>
      onProgress(total ? loaded / total : 0),
    );
    request.addEventListener('load', () => {
      const answered = ['Content-Type', 'Retry-After', 'X-Trace-Id'].flatMap((name) => {
        const value = request.getResponseHeader(name);
        return value === null ? [] : [[name, value] as [string, string]];
      });
      resolve(new Response(request.responseText, { status: request.status, headers: answered }));
    });
    request.addEventListener('error', () => reject(Problem.offline()));
    request.addEventListener('abort', () => reject(new DOMException('cancelled', 'AbortError')));
    signal.addEventListener('abort', () => request.abort());
    request.send(body);
  });
}
