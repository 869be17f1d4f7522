import type { QueryClient } from '@tanstack/react-query';
import { LiveEventType } from './generated/model/liveEventType';
import type { LiveEvent } from './generated/model';
import { followStream } from './stream';

/** Which cached nouns an event of this kind makes old. */
const affected: Readonly<Record<string, readonly string[]>> = {
  transaction: ['transactions', 'accounts', 'reports'],
  account: ['accounts', 'reports'],
  category: ['categories', 'reports'],
  document: ['documents', 'drafts'],
  draft: ['drafts', 'documents'],
};

const types = Object.values(LiveEventType);

/** Between tabs: an event, or that events may have been missed. */
type Told = LiveEvent | 'missed';

/**
 * Keeps the cache true while the app is open. One tab of a browser holds the connection (HTTP/1.1 allows
 * six to an origin) and tells the others. Returns the way to stop.
 */
export function followEvents(cache: QueryClient): () => void {
  const stopped = new AbortController();
  const channel = new BroadcastChannel('pfa.events');
  const refresh = coalesced(cache);
  const hear = (told: Told) => {
    if (told === 'missed') void cache.invalidateQueries({ refetchType: 'active' });
    else refresh(told.type);
  };
  const tell = (told: Told) => {
    hear(told);
    channel.postMessage(told);
  };
  channel.addEventListener('message', ({ data }: MessageEvent<Told>) => hear(data));

  const lead = () =>
    new Promise<void>((release) => {
      const stop = followStream({
        url: '/api/v1/events',
        types,
        onEvent: ({ data }) => tell(JSON.parse(data) as LiveEvent),
        onMissed: () => tell('missed'),
      });
      stopped.signal.addEventListener('abort', () => {
        stop();
        release();
      });
    });

  navigator.locks
    .request('pfa.events', { signal: stopped.signal }, lead)
    .catch((error: unknown) => {
      if (!stopped.signal.aborted) throw error;
    });
  return () => {
    stopped.abort();
    channel.close();
  };
}

/** Events of an import come in hundreds; lists are asked for again once they pause, or every second. */
function coalesced(cache: QueryClient): (type: string) => void {
  const waiting = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    for (const noun of waiting) void cache.invalidateQueries({ queryKey: [noun] });
    waiting.clear();
  };
  return (type) => {
    for (const noun of affected[type.split('.')[0] ?? ''] ?? []) waiting.add(noun);
    timer ??= setTimeout(flush, 250);
  };
}
