import '@testing-library/jest-dom/vitest';
import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { dismissAll } from '@/ui/Toast';
import './browser';
import { server } from './server';

// A busy machine is slow, not wrong.
configure({ asyncUtilTimeout: 5000 });

const unanswered: string[] = [];

beforeAll(() =>
  server.listen({
    onUnhandledFrame: async ({ frame, defaults }) => {
      unanswered.push(await frame.getUnhandledMessage());
      defaults.error();
    },
  }),
);
afterEach(() => {
  cleanup();
  dismissAll();
  server.resetHandlers();
  localStorage.clear();
  expect(unanswered.splice(0), 'requests that the test does not answer').toEqual([]);
});
afterAll(() => server.close());
