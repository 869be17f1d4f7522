import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, test, vi } from 'vitest';
import { renderPart } from '@/testing/render';
import { api, problem, server } from '@/testing/server';
import { SignInForm } from './SignInForm';

test('signing in sends what was typed and says that it is done', async () => {
  const sent = vi.fn<(body: unknown) => void>();
  server.use(
    http.post(api('/auth/login'), async ({ request }) => {
      sent(await request.json());
      return HttpResponse.json({ user: { id: 'u1' } });
    }),
  );
  const onDone = vi.fn<() => void>();
  const { user } = await renderPart(<SignInForm onDone={onDone} />);
  await user.type(screen.getByRole('textbox', { name: 'Email' }), 'anna@example.com');
  await user.type(screen.getByLabelText('Password'), 'correct horse');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  await waitFor(() => expect(onDone).toHaveBeenCalledOnce());
  expect(sent).toHaveBeenCalledWith({ email: 'anna@example.com', password: 'correct horse' });
});

test('a wrong password is said in the language of the person, and the form stays', async () => {
  server.use(
    http.post(api('/auth/login'), () => problem({ status: 401, slug: 'invalid-credentials' })),
  );
  const { user } = await renderPart(<SignInForm email="anna@example.com" onDone={() => {}} />, {
    locale: 'de-DE',
  });
  await user.type(screen.getByLabelText('Passwort'), 'wrong');
  await user.click(screen.getByRole('button', { name: 'Anmelden' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('E-Mail oder Passwort');
  expect(screen.getByRole('textbox', { name: 'E-Mail' })).toHaveValue('anna@example.com');
});
