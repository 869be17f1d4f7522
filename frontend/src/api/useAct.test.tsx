import { act, render, screen, waitFor } from '@testing-library/react';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, type ReactNode } from 'react';
import { expect, test, vi } from 'vitest';
import { testCache } from '@/testing/render';
import { useAct } from './useAct';

function Saver({
  work,
  onDone,
  onLeave,
}: Record<'onDone' | 'onLeave', (answer: string) => void> & { work: () => Promise<string> }) {
  const save = useAct(work, { onDone, onLeave });
  return (
    <button type="button" onClick={() => save.run()}>
      {save.error ? save.error.message : 'Save'}
    </button>
  );
}

function setUp() {
  const answer = Promise.withResolvers<string>();
  const onDone = vi.fn<(answer: string) => void>();
  const onLeave = vi.fn<(answer: string) => void>();
  const part = <Saver work={() => answer.promise} onDone={onDone} onLeave={onLeave} />;
  const cache = testCache();
  const shown = (inside: ReactNode) => (
    <StrictMode>
      <QueryClientProvider client={cache}>{inside}</QueryClientProvider>
    </StrictMode>
  );
  const view = render(shown(part));
  return { ...view, answer, onDone, onLeave, remove: () => view.rerender(shown(null)) };
}

test('a success is told and left while the component is on screen', async () => {
  const { answer, onDone, onLeave } = setUp();
  screen.getByRole('button').click();
  answer.resolve('booked');
  await waitFor(() => expect(onLeave).toHaveBeenCalledWith('booked'));
  expect(onDone).toHaveBeenCalledOnce();
});

test('a success is told when the component is gone before the answer, but nothing is left', async () => {
  const { answer, onDone, onLeave, remove } = setUp();
  act(() => screen.getByRole('button').click());
  remove();
  answer.resolve('booked');
  await waitFor(() => expect(onDone).toHaveBeenCalledWith('booked'));
  expect(onLeave).not.toHaveBeenCalled();
});

test('without a connection the act fails at once instead of waiting for one in silence', async () => {
  const { answer, onDone } = setUp();
  window.dispatchEvent(new Event('offline'));
  screen.getByRole('button').click();
  answer.reject(new Error('offline'));
  expect(await screen.findByText('offline')).toBeInTheDocument();
  expect(onDone).not.toHaveBeenCalled();
  window.dispatchEvent(new Event('online'));
});
