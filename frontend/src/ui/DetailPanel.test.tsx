import { screen, waitFor } from '@testing-library/react';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';
import { renderPart } from '@/testing/render';
import { Button } from './Button';
import { Combobox } from './Combobox';
import { DateField } from './DateField';
import { DetailPanel } from './DetailPanel';
import { Dialog } from './Dialog';
import { Select } from './Select';

const choices = [
  { id: 'food', label: 'Food' },
  { id: 'home', label: 'Home' },
];
const lists = {
  'a combobox with a value': (
    <Combobox
      label="Field"
      groups={[{ id: 'all', label: 'All', choices }]}
      value="food"
      onChange={() => undefined}
    />
  ),
  'an empty combobox': (
    <Combobox
      label="Field"
      groups={[{ id: 'all', label: 'All', choices }]}
      value={null}
      onChange={() => undefined}
    />
  ),
  'a select': <Select label="Field" choices={choices} value="food" onChange={() => undefined} />,
  'a date': <DateField label="Field" value="2026-11-22" onChange={() => undefined} />,
};

/** Wide windows have the panel beside the list, narrow ones over it. */
function wide(matches: boolean) {
  const list = new EventTarget();
  vi.spyOn(window, 'matchMedia').mockImplementation(
    (media) => Object.assign(list, { media, matches, onchange: null }) as MediaQueryList,
  );
}

async function openList(name: string, user: Awaited<ReturnType<typeof renderPart>>['user']) {
  if (name === 'a date') {
    await user.click(screen.getByRole('button', { name: /calendar/ }));
    expect(screen.getByRole('grid')).toBeVisible();
    return;
  }
  const field =
    name === 'a select'
      ? screen.getByRole('button', { name: /Field/ })
      : screen.getByRole('combobox');
  await user.click(field);
  expect(screen.getByRole('listbox')).toBeVisible();
}

const focused = () => document.activeElement as HTMLElement;
const openedList = () => screen.queryByRole('listbox') ?? screen.queryByRole('grid');

test.each(Object.entries(lists))(
  'Escape on %s closes its list, the next one the panel',
  async (name, field) => {
    for (const isWide of [true, false]) {
      wide(isWide);
      const onClose = vi.fn<() => void>();
      const { user, unmount } = await renderPart(
        <DetailPanel title="Entry" onClose={onClose}>
          {field}
        </DetailPanel>,
      );
      await openList(name, user);
      await user.keyboard('{Escape}');
      expect(openedList()).toBeNull();
      expect(onClose).not.toHaveBeenCalled();
      await waitFor(() => expect(document.body).not.toHaveFocus());
      await user.keyboard('{Escape}');
      expect(onClose).toHaveBeenCalledOnce();
      unmount();
    }
  },
);

function Asking() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onPress={() => setOpen(true)}>Ask</Button>
      <Dialog title="Question" isOpen={isOpen} onClose={() => setOpen(false)}>
        Sure?
      </Dialog>
    </>
  );
}

test('Escape in a dialog over a panel closes the dialog alone', async () => {
  wide(true);
  const onClose = vi.fn<() => void>();
  const { user } = await renderPart(
    <DetailPanel title="Entry" onClose={onClose}>
      <Asking />
    </DetailPanel>,
  );
  await user.click(screen.getByRole('button', { name: 'Ask' }));
  await waitFor(() => expect(screen.getByRole('dialog')).toContainElement(focused()));
  await user.keyboard('{Escape}');
  await waitFor(() => expect(screen.queryByRole('dialog')).not.toBeInTheDocument());
  expect(onClose).not.toHaveBeenCalled();
});
