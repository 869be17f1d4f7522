import { http as answer, HttpResponse } from 'msw';
import { expect, test } from 'vitest';
import { api as at, server } from '@/testing/server';
import { http, send } from './http';
import { Problem } from './problem';
import { offerSignIn } from './session';

const unauthenticated = () =>
  HttpResponse.json(
    { type: '/problems/unauthenticated', title: 'Signed out', status: 401 },
    { status: 401, headers: { 'Content-Type': 'application/problem+json' } },
  );

test('requests that fail together renew the session once, then each is tried again', async () => {
  let isRenewed = false;
  let renewals = 0;
  server.use(
    answer.get(at('/accounts'), () =>
      isRenewed ? HttpResponse.json({ items: [] }) : unauthenticated(),
    ),
    answer.post(at('/auth/refresh'), async () => {
      renewals += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      isRenewed = true;
      return HttpResponse.json({});
    }),
  );
  const answers = await Promise.all([1, 2, 3].map(() => http(at('/accounts'))));
  expect(answers).toEqual([{ items: [] }, { items: [] }, { items: [] }]);
  expect(renewals).toBe(1);
});

test('a POST that is tried again has the same idempotency key and a trace of its own', async () => {
  const keys: (string | null)[] = [];
  const traces: (string | null)[] = [];
  server.use(
    answer.post(at('/accounts'), ({ request }) => {
      keys.push(request.headers.get('idempotency-key'));
      traces.push(request.headers.get('traceparent'));
      return keys.length === 1 ? unauthenticated() : HttpResponse.json({ id: 'a' });
    }),
    answer.post(at('/auth/refresh'), () => HttpResponse.json({})),
  );
  await http(at('/accounts'), { method: 'POST', body: '{}' });
  expect(keys).toHaveLength(2);
  expect(keys[0]).toBe(keys[1]);
  expect(traces.every((trace) => /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/.test(trace ?? ''))).toBe(true);
  expect(new Set(traces).size).toBe(2);
});

test('where the session cannot be renewed, the person is asked and the request goes on', async () => {
  let isIn = false;
  server.use(
    answer.get(at('/auth/me'), () => (isIn ? HttpResponse.json({ id: 'u' }) : unauthenticated())),
    answer.post(at('/auth/refresh'), unauthenticated),
  );
  const withdraw = offerSignIn(() => {
    isIn = true;
    return Promise.resolve(true);
  });
  await expect(http(at('/auth/me'))).resolves.toEqual({ id: 'u' });
  withdraw();
});

test('wrong credentials are a problem, not an ended session', async () => {
  server.use(
    answer.post(at('/auth/login'), () =>
      HttpResponse.json(
        { type: '/problems/invalid-credentials', title: 'No', status: 401 },
        { status: 401 },
      ),
    ),
  );
  const refused = http('/api/v1/auth/login', { method: 'POST', body: '{}' });
  await expect(refused).rejects.toMatchObject({ slug: 'invalid-credentials', status: 401 });
});

test('a refusal says how long to wait, which fields, and its trace', async () => {
  server.use(
    answer.get(at('/accounts'), () =>
      HttpResponse.json(
        {
          type: '/problems/rate-limited',
          title: 'Too many',
          status: 429,
          trace_id: 'abc',
          errors: [{ pointer: '/name', detail: 'is empty' }],
        },
        { status: 429, headers: { 'Retry-After': '7' } },
      ),
    ),
  );
  const problem = await http(at('/accounts')).catch((error: unknown) => error);
  expect(problem).toBeInstanceOf(Problem);
  expect(problem).toMatchObject({
    slug: 'rate-limited',
    retryAfter: 7,
    traceId: 'abc',
    errors: [{ pointer: '/name', detail: 'is empty' }],
  });
});

test('without a connection the problem is offline', async () => {
  server.use(answer.get(at('/accounts'), () => HttpResponse.error()));
  await expect(send(at('/accounts'), {})).rejects.toMatchObject({ slug: 'offline', status: 0 });
});
