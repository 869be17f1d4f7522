import { screen } from '@testing-library/react';
import { http } from 'msw';
import { expect, test } from 'vitest';
import { renderApp } from '@/testing/render';
import { api, problem, server } from '@/testing/server';

test('a person who is not signed in is sent to sign in, and back to the page afterwards', async () => {
  server.use(
    http.get(api('/auth/me'), () => problem({ status: 401, slug: 'unauthenticated' })),
    http.post(api('/auth/refresh'), () => problem({ status: 401, slug: 'unauthenticated' })),
  );
  const { router } = await renderApp('/accounts');
  expect(await screen.findByRole('heading', { name: 'Welcome back' })).toBeVisible();
  expect(router.state.location.search).toEqual({ next: '/accounts' });
});
