import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, test, vi } from 'vitest';
import type { Transaction } from '@/api/generated/model';
import { transaction } from '@/testing/fixtures';
import { renderPart } from '@/testing/render';
import { api, server } from '@/testing/server';
import { EditTransaction } from './EditTransaction';

const accounts = [{ id: 'a1', label: 'Main account', currency: 'EUR' }];
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

async function open(held: Transaction) {
  const onDone = vi.fn<() => void>();
  const sent = holding(held);
  const view = await renderPart(
    <EditTransaction id="t1" accounts={accounts} categories={categories} onDone={onDone} />,
  );
  await screen.findByRole('textbox', { name: 'Payee' });
  return { ...view, onDone, sent };
}

test('saving says so and closes, also when the new version is on the screen first', async () => {
  const { user, onDone, sent } = await open(transaction());
  await user.type(screen.getByRole('textbox', { name: 'Payee' }), ' Markt');
  await user.click(screen.getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('Saved: REWE Markt')).toBeVisible();
  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(sent).toEqual([{ payee: 'REWE Markt' }]);
});
