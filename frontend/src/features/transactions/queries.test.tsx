import { http, HttpResponse } from 'msw';
import { expect, test } from 'vitest';
import { transaction } from '@/testing/fixtures';
import { testCache } from '@/testing/render';
import { api, server } from '@/testing/server';
import { pageSize } from './model';
import { pageQuery } from './queries';

/** A gateway that answers a search at most ten entries at a time, and none at every thirtieth. */
function answersInParts(count: number): void {
  server.use(
    http.get(api('/transactions'), ({ request }) => {
      const asked = new URL(request.url).searchParams;
      const cursor = asked.get('cursor') ?? '0';
      const at = parseInt(cursor, 10);
      const isEmpty = at % 30 === 0 && !cursor.endsWith('!');
      const size = isEmpty ? 0 : Math.min(10, Number(asked.get('limit')), count - at);
      const items = Array.from({ length: size }, (_, i) => transaction({ id: `t${at + i}` }));
      const next = isEmpty ? `${at}!` : at + size < count ? String(at + size) : null;
      return HttpResponse.json({ items, next_cursor: next });
    }),
  );
}

test('a page that comes in parts is put together, and the next one follows it', async () => {
  answersInParts(pageSize + 20);
  const cache = testCache();

  const second = await cache.fetchQuery(pageQuery(cache, {}, '2026-11', 1));
  const first = await cache.fetchQuery(pageQuery(cache, {}, '2026-11', 0));

  expect(first.items.length).toBe(pageSize);
  expect(second.items.length).toBe(20);
  expect(second.next_cursor).toBeNull();
  expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(pageSize + 20);
});
