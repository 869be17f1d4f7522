import { act, screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, test, vi } from 'vitest';
import type { Transaction } from '@/api/generated/model';
import { transaction } from '@/testing/fixtures';
import { renderPart } from '@/testing/render';
import { api, problem, server } from '@/testing/server';
import { EditTransaction } from './EditTransaction';

const accounts = (currency: string) => [
  { id: 'a1', label: 'Main account', currency },
  { id: 'a2', label: 'Savings', currency: 'EUR' },
  { id: 'old', label: 'Old bank', currency: 'EUR', isRetired: true },
];
const categories = [{ id: 'expense', label: 'Spending', choices: [{ id: 'food', label: 'Food' }] }];

/** A gateway that holds one entry; answers with what it was sent. */
function holding(first: Transaction) {
  const sent: Record<string, unknown>[] = [];
  let held = first;
  server.use(
    http.get(api('/transactions/t1'), () => HttpResponse.json(held)),
    http.patch(api('/transactions/t1'), async ({ request }) => {
      const change = (await request.json()) as Record<string, unknown>;
      sent.push(change);
      held = { ...held, ...change, version: held.version + 1 } as Transaction;
      return HttpResponse.json(held);
    }),
  );
  return sent;
}

async function open(held: Transaction, locale = 'en-GB') {
  const onDone = vi.fn<() => void>();
  const sent = holding(held);
  const view = await renderPart(
    <EditTransaction
      id="t1"
      accounts={accounts(held.currency)}
      categories={categories}
      onDone={onDone}
    />,
    { locale },
  );
  await screen.findByRole('button', { name: /Save|Speichern/ });
  return { ...view, onDone, sent };
}

const save = () => screen.getByRole('button', { name: /Save|Speichern/ });
const field = (name: string) => screen.getByRole('textbox', { name });

test('saving says so and closes, also when the new version is on the screen first', async () => {
  const { user, onDone, sent } = await open(transaction());
  await user.type(field('Payee'), ' Markt');
  await user.click(save());
  expect(await screen.findByText('Saved: REWE Markt')).toBeVisible();
  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(sent).toEqual([{ payee: 'REWE Markt' }]);
});

test('opening and saving changes no amount, in a locale whose comma is the decimal mark', async () => {
  const dinar = transaction({ amount: '-1.500', currency: 'KWD', splits: [] });
  const { user, onDone, sent } = await open(dinar, 'de-DE');
  expect(field('Betrag')).toHaveValue('1,500');
  await user.type(field('Empfänger'), '!');
  await user.click(save());
  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(sent).toEqual([{ payee: 'REWE!' }]);
});

test('a category, a payee and a note that are cleared are taken away', async () => {
  const { user, onDone, sent } = await open(transaction({ description: 'for two' }));
  await user.clear(screen.getByRole('combobox', { name: 'Category' }));
  await user.tab();
  await user.clear(field('Payee'));
  await user.clear(field('Note'));
  await user.click(save());
  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(sent).toEqual([{ category_id: null, payee: null, description: null }]);
});

const divided = transaction({
  category_id: null,
  splits: [
    { amount: '-10.00', category_id: 'food', memo: '' },
    { amount: '-2.50', category_id: null, memo: 'bag' },
  ],
});

test('an entry of a closed account shows it; no other entry is offered it', async () => {
  const { user, onDone, sent } = await open(transaction({ account_id: 'old' }));
  const account = screen.getByRole('button', { name: /Account/ });
  expect(account).toHaveTextContent('Old bank');
  await user.click(account);
  expect(screen.getAllByRole('option').map((one) => one.textContent)).toEqual([
    'Main account',
    'Savings',
    'Old bank',
  ]);
  await user.keyboard('{Escape}');
  await user.type(field('Payee'), '!');
  await user.click(save());
  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(sent).toEqual([{ payee: 'REWE!' }]);
});

test('an entry of an open account is not offered a closed one', async () => {
  const { user } = await open(transaction());
  await user.click(screen.getByRole('button', { name: /Account/ }));
  expect(screen.getAllByRole('option').map((one) => one.textContent)).toEqual([
    'Main account',
    'Savings',
  ]);
});

test('an error that no field can show stands above the form and takes the focus', async () => {
  const { user, onDone } = await open(divided);
  expect(screen.getByRole('list', { name: 'Categories' })).toHaveTextContent(/Food.*No category/);
  server.use(
    http.patch(api('/transactions/t1'), () =>
      problem({
        status: 422,
        errors: [{ pointer: '/splits', detail: 'The splits come to -12.50, not to -13.00.' }],
      }),
    ),
  );
  await user.clear(field('Amount'));
  await user.type(field('Amount'), '13');
  await user.click(save());
  const alert = await screen.findByRole('alert');
  expect(alert).toHaveTextContent('Splits: The splits come to -12.50, not to -13.00.');
  expect(alert).toHaveFocus();
  expect(onDone).not.toHaveBeenCalled();
  await user.type(field('Amount'), '5');
  expect(field('Amount')).toHaveValue('135');
});

test('undo of a delete has the ledger bring the same entry back', async () => {
  const { user, onDone } = await open(divided);
  const asked: string[] = [];
  server.use(
    http.delete(api('/transactions/t1'), ({ request }) => {
      asked.push(`delete ${request.headers.get('if-match')}`);
      return new HttpResponse(null, { status: 204 });
    }),
    http.post(api('/transactions/t1:restore'), () => {
      asked.push('restore');
      return HttpResponse.json({ ...divided, version: 3 });
    }),
  );
  await user.click(screen.getByRole('button', { name: 'Delete' }));
  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  await user.click(await screen.findByRole('button', { name: 'Undo' }));
  expect(await screen.findByText('Restored: REWE')).toBeVisible();
  expect(asked).toEqual(['delete "1"', 'restore']);
});

test('an undo that fails is told', async () => {
  const { user } = await open(transaction());
  server.use(
    http.delete(api('/transactions/t1'), () => new HttpResponse(null, { status: 204 })),
    http.post(api('/transactions/t1:restore'), () => HttpResponse.error()),
  );
  await user.click(screen.getByRole('button', { name: 'Delete' }));
  await user.click(await screen.findByRole('button', { name: 'Undo' }));
  expect(await screen.findByText('Not restored: REWE. You are offline')).toBeVisible();
});

test('a change from elsewhere fills the fields that were left alone, and what was typed stays', async () => {
  const { user, cache, sent } = await open(transaction());
  await user.type(field('Payee'), ' Markt');
  server.use(
    http.get(api('/transactions/t1'), () =>
      HttpResponse.json(transaction({ version: 2, description: 'from the phone' })),
    ),
  );
  await act(() => cache.invalidateQueries({ queryKey: ['transactions'] }));
  expect(await screen.findByDisplayValue('from the phone')).toBeVisible();
  expect(field('Payee')).toHaveValue('REWE Markt');
  await user.click(save());
  await waitFor(() => expect(sent).toEqual([{ payee: 'REWE Markt' }]));
});

test('leaving asks while something is unsaved, and keeps what was typed', async () => {
  const { user, router } = await open(transaction());
  await user.type(field('Payee'), ' Markt');
  void router.navigate({ to: '/elsewhere' as never });
  await user.click(await screen.findByRole('button', { name: 'Keep editing' }));
  await waitFor(() =>
    expect(
      screen.queryByRole('alertdialog', { name: 'Discard your changes?' }),
    ).not.toBeInTheDocument(),
  );
  expect(field('Payee')).toHaveValue('REWE Markt');
  expect(router.state.location.pathname).toBe('/');
  void router.navigate({ to: '/elsewhere' as never });
  await user.click(await screen.findByRole('button', { name: 'Discard' }));
  await waitFor(() => expect(router.state.location.pathname).toBe('/elsewhere'));
});

test('leaving asks nothing where nothing was changed', async () => {
  const { router } = await open(transaction());
  void router.navigate({ to: '/elsewhere' as never });
  await waitFor(() => expect(router.state.location.pathname).toBe('/elsewhere'));
  expect(
    screen.queryByRole('alertdialog', { name: 'Discard your changes?' }),
  ).not.toBeInTheDocument();
});

test('an entry that moves to an account of another currency gets its amount anew', async () => {
  const { user, sent } = await open(transaction({ amount: '-5000', currency: 'JPY' }));
  await user.click(screen.getByRole('button', { name: /Account/ }));
  await user.click(await screen.findByRole('option', { name: /Savings/ }));
  expect(field('Amount')).toHaveValue('');
  await user.click(save());
  expect(await screen.findByText('Enter an amount')).toBeVisible();
  expect(sent).toEqual([]);
  await user.type(field('Amount'), '31.20');
  await user.click(save());
  await waitFor(() => expect(sent).toEqual([{ account_id: 'a2', amount: '-31.20' }]));
});
