import { http as answer, HttpResponse } from 'msw';
import { expect, test } from 'vitest';
import { api, problem, server } from '@/testing/server';
import { upload } from './upload';

const send = () => upload(api('/documents'), new FormData(), 'k1', () => undefined).finished;

test('a connection that is closed over an expired token is tried again with a new one', async () => {
  const keys: (string | null)[] = [];
  let isRenewed = false;
  server.use(
    answer.post(api('/documents'), ({ request }) => {
      keys.push(request.headers.get('idempotency-key'));
      return isRenewed ? HttpResponse.json({ id: 'd1' }) : HttpResponse.error();
    }),
    answer.get(api('/auth/me'), () => problem({ status: 401, slug: 'unauthenticated' })),
    answer.post(api('/auth/refresh'), () => {
      isRenewed = true;
      return HttpResponse.json({});
    }),
  );
  await expect(send()).resolves.toEqual({ id: 'd1' });
  expect(keys).toEqual(['k1', 'k1']);
});

test('without a connection it is offline', async () => {
  server.use(
    answer.post(api('/documents'), () => HttpResponse.error()),
    answer.get(api('/auth/me'), () => HttpResponse.error()),
  );
  await expect(send()).rejects.toMatchObject({ slug: 'offline' });
});
