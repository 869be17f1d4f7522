import { useRef, type KeyboardEvent } from 'react';

/**
 * Escape in a field with an open list closes the list and nothing else. React Aria lets the key go on
 * where the field has a value, and the panel around it would close too.
 */
export function useEscapeOfList() {
  const isOpen = useRef(false);
  const wasOpen = useRef(false);
  return {
    onOpenChange: (open: boolean) => {
      isOpen.current = open;
    },
    // Before the list hears the key and closes.
    onKeyDownCapture: () => {
      wasOpen.current = isOpen.current;
    },
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === 'Escape' && wasOpen.current) event.stopPropagation();
    },
  };
}
