import { checkSession, onSessionRenewed } from './session';

interface StreamOptions {
  readonly url: string;
  /** The types of the events that are heard. */
  readonly types: readonly string[];
  readonly onEvent: (event: MessageEvent<string>) => void;
  /** Events may have been missed: the stream is open again after a gap, or it stays closed. */
  readonly onMissed: () => void;
  /** Milliseconds to wait before attempt `n`, from 0, to open the stream again. */
  readonly backOff?: (attempt: number) => number;
  /** Milliseconds between two polls while the stream is closed. */
  readonly pollEvery?: number;
}

const longestWait = 30_000;

/** At once, then after 1, 2, 4 … 30 seconds, each a quarter more or less: browsers that were cut off together return spread out. */
function exponential(attempt: number): number {
  if (attempt === 0) return 0;
  return Math.min(longestWait, 500 * 2 ** attempt) * (0.75 + Math.random() / 2);
}

/**
 * Follows a stream of server-sent events until it is stopped. A browser's EventSource gives up for good
 * on any answer other than 200, such as the 401 when the token that opened the stream has expired. This
 * renews the session, opens the stream again with back-off, and calls `onMissed` at intervals meanwhile.
 * Returns the way to stop.
 */
export function followStream({
  url,
  types,
  onEvent,
  onMissed,
  backOff = exponential,
  pollEvery = longestWait,
}: StreamOptions): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let polling: ReturnType<typeof setInterval> | undefined;
  let attempt = 0;
  let wasOpen = false;
  let isStopped = false;

  const open = () => {
    retry = undefined;
    source = new EventSource(url);
    for (const type of types) source.addEventListener(type, onEvent as EventListener);
    source.addEventListener('open', () => {
      attempt = 0;
      clearInterval(polling);
      polling = undefined;
      if (wasOpen) onMissed();
      wasOpen = true;
    });
    source.addEventListener('error', () => {
      if (isStopped) return;
      polling ??= setInterval(onMissed, pollEvery);
      // While it is connecting the browser tries again by itself.
      if (source?.readyState === EventSource.CLOSED) openLater();
    });
  };

  const openLater = () => {
    source = undefined;
    wasOpen = true; // so that what happens until the first success is fetched, too
    clearTimeout(retry);
    retry = setTimeout(() => void reopen(), backOff(attempt));
    attempt += 1;
  };

  const reopen = async () => {
    const session = await checkSession();
    if (isStopped || source) return;
    if (session === 'holds') return open();
    if (session === 'unknown') return openLater();
    // The session has ended: nothing can be fetched until the person has signed in again.
    clearInterval(polling);
    polling = undefined;
  };

  const reopenNow = () => {
    if (source) return;
    clearTimeout(retry);
    attempt = 0;
    openLater();
  };

  const stopListening = onSessionRenewed(reopenNow);
  window.addEventListener('online', reopenNow);
  open();
  return () => {
    isStopped = true;
    clearTimeout(retry);
    clearInterval(polling);
    stopListening();
    window.removeEventListener('online', reopenNow);
    source?.close();
  };
}
