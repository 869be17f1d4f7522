import type { Virtualizer } from '@tanstack/react-virtual';
import {
  useCallback,
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type RefObject,
} from 'react';
import type { Transaction } from '@/api/generated/model';
import type { RowMap } from '../model';

interface GridKeysOptions {
  map: RowMap;
  virtualizer: Virtualizer<HTMLDivElement, Element>;
  scroller: RefObject<HTMLDivElement | null>;
  entryAt: (row: number) => Transaction | undefined;
  onOpen: (id: string) => void;
}

const page = 12;

/** Roving focus over rows (APG data grid): one row is in the tab order, arrows or j and k move it. */
export function useGridKeys({ map, virtualizer, scroller, entryAt, onOpen }: GridKeysOptions) {
  const [active, setActive] = useState(map.rows > 1 ? 1 : 0);
  const moved = useRef(false);

  useEffect(() => {
    if (!moved.current) return;
    moved.current = false;
    virtualizer.scrollToIndex(active, { align: 'auto' });
    // The row may only be drawn after the scroll.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        scroller.current?.querySelector<HTMLElement>(`[data-row="${active}"]`)?.focus({
          preventScroll: true,
        });
      }),
    );
  }, [active, virtualizer, scroller]);

  // One function for all renders, so that rows need not be drawn again for it.
  const latest = useRef(onOpen);
  useEffect(() => {
    latest.current = onOpen;
  });
  const open = useCallback((id: string) => latest.current(id), []);

  const move = (event: KeyboardEvent, to: number) => {
    event.preventDefault();
    moved.current = true;
    setActive(Math.min(map.rows - 1, Math.max(0, to)));
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey && event.key !== 'Home' && event.key !== 'End') return;
    if (event.altKey || event.metaKey) return;
    switch (event.key) {
      case 'ArrowDown':
      case 'j':
        return move(event, active + 1);
      case 'ArrowUp':
      case 'k':
        return move(event, active - 1);
      case 'PageDown':
        return move(event, active + page);
      case 'PageUp':
        return move(event, active - page);
      case 'Home':
        return move(event, 0);
      case 'End':
        return move(event, map.rows - 1);
      case 'Enter': {
        const entry = entryAt(active);
        if (entry) onOpen(entry.id);
        return undefined;
      }
      default:
        return undefined;
    }
  };

  return { active: Math.min(active, Math.max(0, map.rows - 1)), setActive, onKeyDown, open };
}
