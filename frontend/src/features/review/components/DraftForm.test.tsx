import { screen, waitFor } from '@testing-library/react';
import { useRef, useState } from 'react';
import { http } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Draft, DraftChange } from '@/api/generated/model';
import { Problem } from '@/api/problem';
import type { Act } from '@/api/useAct';
import { draft, receiptDocument } from '@/testing/fixtures';
import { renderPart } from '@/testing/render';
import { api, page, server } from '@/testing/server';
import { DraftForm } from './DraftForm';

const accounts = [{ id: 'a1', label: 'Main account', currency: 'EUR' }];
const categories = [{ id: 'expense', label: 'Spending', choices: [{ id: 'food', label: 'Food' }] }];

const idle = { isPending: false, error: null, submittedAt: 0, isDone: () => false };
const rest = { ...idle, run: () => undefined };

beforeEach(() => server.use(http.get(api('/transactions:matches'), () => page([]))));

function Form({ shown, accept }: { shown: Draft; accept: Act<DraftChange> }) {
  const [held, setHeld] = useState(shown);
  return (
    <>
      <DraftForm
        draft={held}
        accounts={accounts}
        categories={categories}
        categoryNames={new Map()}
        fallbackAccountId="a1"
        onFieldFocus={() => undefined}
        handle={useRef(null)}
        document={receiptDocument()}
        acts={{ accept, attach: rest, reject: rest }}
      />
      <button
        type="button"
        onClick={() => setHeld({ ...held, version: held.version + 1, description: 'by phone' })}
      >
        Change it elsewhere
      </button>
    </>
  );
}

async function open(shown: Draft, { locale = 'en-GB', error = null as Error | null } = {}) {
  const run = vi.fn<(change: DraftChange) => void>();
  const accept = { ...idle, error, run };
  const view = await renderPart(<Form shown={shown} accept={accept} />, { locale });
  return { ...view, run };
}

const field = (name: string) => screen.getByRole('textbox', { name });

test('an amount of three decimals is accepted as it was read, in German', async () => {
  const dinar = draft({ amount: '-1.500', currency: 'KWD', account_id: 'a1' });
  const { user, run } = await open(dinar, { locale: 'de-DE' });
  expect(field('Betrag')).toHaveValue('1,500');
  await user.click(screen.getByRole('button', { name: 'Annehmen und buchen' }));
  await waitFor(() => expect(run).toHaveBeenCalledWith({}));
});

test('a category that is cleared is sent as null', async () => {
  const { user, run } = await open(draft({ account_id: 'a1', category_id: 'food' }));
  await user.clear(screen.getByRole('combobox', { name: 'Category' }));
  await user.tab();
  await user.click(screen.getByRole('button', { name: 'Accept and book' }));
  await waitFor(() => expect(run).toHaveBeenCalledWith({ category_id: null }));
});

test('an error that no field can show stands above the form', async () => {
  const error = new Problem(
    {
      type: '/problems/validation-error',
      errors: [
        { pointer: '/currency', detail: 'is not the currency of the account' },
        { pointer: '/date', detail: 'is too far in the future' },
      ],
    },
    422,
  );
  await open(draft(), { error });
  const alert = screen.getByRole('alert');
  expect(alert).toHaveTextContent('Currency: is not the currency of the account');
  expect(alert).not.toHaveTextContent('too far');
  expect(screen.getByText('is too far in the future')).toBeVisible();
});

test('another draft is another place: what was typed is asked for', async () => {
  const { user, router } = await open(draft());
  await user.type(field('Payee'), ' City');
  void router.navigate({ to: '/', search: { draft: 'd2' } as never });
  await user.click(await screen.findByRole('button', { name: 'Keep editing' }));
  expect(field('Payee')).toHaveValue('REWE City');
  expect(router.state.location.search).toEqual({});
});

test('a change from elsewhere fills what was left alone, and is not sent back as a correction', async () => {
  const { user, run } = await open(draft({ account_id: 'a1' }));
  await user.type(field('Payee'), ' City');
  await user.click(screen.getByRole('button', { name: 'Change it elsewhere' }));
  expect(field('Note')).toHaveValue('by phone');
  await user.click(screen.getByRole('button', { name: 'Accept and book' }));
  await waitFor(() => expect(run).toHaveBeenCalledWith({ payee: 'REWE City' }));
});
