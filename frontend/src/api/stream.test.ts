import { http as answer, HttpResponse } from 'msw';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { api, problem, server } from '@/testing/server';
import { sessionRenewed } from './session';
import { followStream } from './stream';

/** The browser's EventSource, with the server's part played by the test. */
class PlayedSource extends EventTarget {
  static readonly CLOSED = 2;
  static opened: PlayedSource[] = [];
  readyState = 0;

  constructor(readonly url: string) {
    super();
    PlayedSource.opened.push(this);
  }

  isAccepted(): void {
    this.readyState = 1;
    this.dispatchEvent(new Event('open'));
  }

  /** Any answer but 200: the browser never tries again. */
  isRefused(): void {
    this.readyState = PlayedSource.CLOSED;
    this.dispatchEvent(new Event('error'));
  }

  says(type: string, data: string): void {
    this.dispatchEvent(new MessageEvent(type, { data }));
  }

  close(): void {
    this.readyState = PlayedSource.CLOSED;
  }
}

let stop = () => undefined as void;
const sources = () => PlayedSource.opened;
const last = () => {
  const source = sources().at(-1);
  if (!source) throw new Error('no stream was opened');
  return source;
};
const signedOut = () => problem({ status: 401, slug: 'unauthenticated' });

function follow(more: Partial<Parameters<typeof followStream>[0]> = {}) {
  const heard: string[] = [];
  const onMissed = vi.fn<() => void>();
  stop = followStream({
    url: '/api/v1/events',
    types: ['tick'],
    onEvent: ({ data }) => heard.push(data),
    onMissed,
    backOff: () => 1,
    ...more,
  });
  return { heard, onMissed };
}

beforeEach(() => vi.stubGlobal('EventSource', PlayedSource));
afterEach(() => {
  stop();
  PlayedSource.opened = [];
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('after a 401 the session is renewed, the stream opens again and what was missed is fetched', async () => {
  let renewals = 0;
  server.use(
    answer.get(api('/auth/me'), signedOut),
    answer.post(api('/auth/refresh'), () => {
      renewals += 1;
      return HttpResponse.json({});
    }),
  );
  const { heard, onMissed } = follow();
  last().isAccepted();
  last().isRefused();

  await vi.waitFor(() => expect(sources()).toHaveLength(2));
  last().isAccepted();
  last().says('tick', 'again');

  expect(renewals).toBe(1);
  expect(onMissed).toHaveBeenCalledTimes(1);
  expect(heard).toEqual(['again']);
});

test('while the server is away it is tried again, later each time, and polled meanwhile', async () => {
  server.use(answer.get(api('/auth/me'), () => HttpResponse.error()));
  const attempts: number[] = [];
  const { onMissed } = follow({
    pollEvery: 5,
    backOff: (attempt) => {
      attempts.push(attempt);
      return 1;
    },
  });
  last().isRefused();
  await vi.waitFor(() => expect(attempts.slice(0, 4)).toEqual([0, 1, 2, 3]));
  await vi.waitFor(() => expect(onMissed.mock.calls.length).toBeGreaterThan(1));
  expect(sources()).toHaveLength(1);

  server.use(answer.get(api('/auth/me'), () => HttpResponse.json({})));
  await vi.waitFor(() => expect(sources()).toHaveLength(2));
  last().isAccepted();
  last().isRefused();
  expect(attempts.at(-1)).toBe(0);
});

test('an ended session is left alone until the person is in again', async () => {
  let asked = 0;
  server.use(
    answer.get(api('/auth/me'), () => {
      asked += 1;
      return signedOut();
    }),
    answer.post(api('/auth/refresh'), signedOut),
  );
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  follow();
  last().isRefused();
  expect(vi.getTimerCount()).toBe(1);
  await vi.waitFor(() => expect(vi.getTimerCount()).toBe(0));
  expect(asked).toBe(1);
  vi.useRealTimers();

  server.use(answer.get(api('/auth/me'), () => HttpResponse.json({})));
  sessionRenewed();
  await vi.waitFor(() => expect(sources()).toHaveLength(2));
});

test('a stopped stream stays closed', () => {
  const backOff = vi.fn<() => number>(() => 1);
  follow({ backOff });
  last().isRefused();
  expect(backOff).toHaveBeenCalledTimes(1);
  stop();
  sessionRenewed();
  window.dispatchEvent(new Event('online'));
  last().isRefused();
  expect(backOff).toHaveBeenCalledTimes(1);
});
