import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, test, vi } from 'vitest';
import { account } from '@/testing/fixtures';
import { renderPart } from '@/testing/render';
import { api, problem, server } from '@/testing/server';
import { AccountForm } from './AccountForm';

async function open() {
  const onDone = vi.fn<() => void>();
  const part = <AccountForm submitLabel="Open the account" onDone={onDone} />;
  return { ...(await renderPart(part)), onDone };
}

const submit = () => screen.getByRole('button', { name: 'Open the account' });
const name = () => screen.getByRole('textbox', { name: /^Name/ });

test('an account that is opened is told, and left without a question', async () => {
  server.use(
    http.post(api('/accounts'), () =>
      HttpResponse.json(account({ name: 'Giro' }), { status: 201 }),
    ),
  );
  const { user, onDone, router } = await open();
  onDone.mockImplementation(() => void router.navigate({ to: '/elsewhere' as never }));
  await user.type(name(), 'Giro');
  await user.click(submit());
  expect(await screen.findByText('Opened: Giro')).toBeVisible();
  await waitFor(() => expect(router.state.location.pathname).toBe('/elsewhere'));
});

test('an error of a field that the form lacks stands above it', async () => {
  const errors = [
    { pointer: '/name', detail: 'is taken' },
    { pointer: '/opening_date', detail: 'is in the future' },
  ];
  server.use(http.post(api('/accounts'), () => problem({ status: 422, errors })));
  const { user, onDone } = await open();
  await user.type(name(), 'Giro');
  await user.click(submit());
  expect(await screen.findByRole('alert')).toHaveTextContent('Opening date: is in the future');
  expect(name()).toHaveAccessibleDescription('is taken');
  expect(onDone).not.toHaveBeenCalled();
});

test('leaving asks while something is typed', async () => {
  const { user, router } = await open();
  await user.type(name(), 'Giro');
  void router.navigate({ to: '/elsewhere' as never });
  await user.click(await screen.findByRole('button', { name: 'Keep editing' }));
  expect(name()).toHaveValue('Giro');
  expect(router.state.location.pathname).toBe('/');
});
