import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test } from 'vitest';
import { Problem } from '@/api/problem';
import { account, category, transaction } from '@/testing/fixtures';
import { renderApp } from '@/testing/render';
import { api, page, server } from '@/testing/server';
import { faultWords, searchFault } from './search';

const faults: Record<string, object> = {
  'rewe acc': { parameter: 'q', code: 'UNEXPECTED', detail: 'no', column: 6, length: 3 },
  'acount:main': {
    parameter: 'q',
    code: 'UNKNOWN_KEY',
    detail: 'no such key',
    column: 1,
    length: 6,
    suggestions: ['account'],
  },
};

const notUnderstood = (fault: object) =>
  HttpResponse.json(
    { type: '/problems/query-invalid', title: 'No', status: 422, errors: [fault] },
    { status: 422, headers: { 'Content-Type': 'application/problem+json' } },
  );

/** A book with one entry, that finds it by every search it understands. */
beforeEach(() => {
  server.use(
    http.get(api('/auth/me'), () =>
      HttpResponse.json({ id: 'u1', name: 'Anna', email: 'a@example.com', locale: 'en' }),
    ),
    http.get(api('/accounts'), () => page([account()])),
    http.get(api('/categories'), () => page([category()])),
    http.get(api('/documents'), () => page([])),
    http.get(api('/transactions'), () => page([transaction({ payee: 'REWE' })])),
    http.get(api('/transactions:index'), ({ request }) => {
      const fault = faults[new URL(request.url).searchParams.get('q') ?? ''];
      if (fault) return notUnderstood(fault);
      return HttpResponse.json({ total: 1, months: [{ month: '2026-11', count: 1, sums: [] }] });
    }),
  );
});

/** The page is loaded on demand, which takes a while on a busy machine. */
const list = () => screen.findByRole('grid', { name: 'Transactions' }, { timeout: 15_000 });
const field = () => screen.findByRole('searchbox', { name: 'Search transactions' });

test('half a key keeps the list, and the field says what is wrong and at which character', async () => {
  const { user } = await renderApp('/transactions');
  expect(await list()).toBeVisible();

  await user.type(await field(), 'acount:main');

  expect(
    await screen.findByText('Character 1: There is no key “acount”. Did you mean “account”?'),
  ).toBeVisible();
  expect(await field()).toBeInvalid();
  expect(await field()).toHaveAccessibleDescription(/Character 1/);
  expect(screen.getByRole('grid', { name: 'Transactions' })).toBeVisible();
  expect(screen.queryByRole('alert')).not.toBeInTheDocument();

  await user.clear(await field());
  await user.type(await field(), 'rewe');
  await waitFor(() => expect(screen.queryByText(/Character/)).not.toBeInTheDocument());
  expect(await field()).toBeValid();
});

test('an address with a search that is not understood shows the list without it', async () => {
  await renderApp('/transactions?q=rewe%20acc');
  expect(await list()).toBeVisible();
  expect(await screen.findByText('Character 6: “acc” is not expected here.')).toBeVisible();
});

test('the place is counted as the server counts it, in code points', () => {
  const error = new Problem(
    {
      type: '/problems/query-invalid',
      errors: [{ code: 'UNKNOWN_KEY', detail: '', column: 3, length: 4 }],
    },
    422,
  );
  const fault = searchFault(error, '🍕 acct:x');
  expect(fault && faultWords(fault)).toBe('Character 3: There is no key “acct”.');
  expect(searchFault(new Problem({ type: '/problems/internal' }, 500), 'x')).toBeUndefined();
});
