import { useLingui } from '@lingui/react/macro';
import { X } from 'lucide-react';
import { useEffect, useId, useRef, type ReactNode } from 'react';
import { IconButton } from './Button';
import { Dialog } from './Dialog';
import { useMedia } from './useMedia';

interface DetailPanelProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

/** Beside the list where there is room for both, else a sheet over it. */
export function DetailPanel({ title, onClose, children }: DetailPanelProps) {
  const isBeside = useMedia('(width >= 80rem)');
  if (isBeside) {
    return (
      <Beside title={title} onClose={onClose}>
        {children}
      </Beside>
    );
  }
  return (
    <Dialog title={title} isOpen onClose={onClose}>
      {children}
    </Dialog>
  );
}

function Beside({ title, onClose, children }: DetailPanelProps) {
  const { t } = useLingui();
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const opener = useRef<Element | null>(null);
  useEffect(() => {
    opener.current = document.activeElement;
    heading.current?.focus({ preventScroll: true });
    return () => {
      if (opener.current instanceof HTMLElement) opener.current.focus({ preventScroll: true });
    };
  }, []);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes from anything inside
    <aside
      aria-labelledby={id}
      className="flex min-h-0 w-[25rem] shrink-0 flex-col rounded-card border border-line bg-surface shadow-card"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose();
      }}
    >
      <header className="flex shrink-0 items-center justify-between gap-3 border-b border-line px-5 py-2.5">
        <h2 id={id} ref={heading} tabIndex={-1} className="text-lg font-semibold outline-none">
          {title}
        </h2>
        <IconButton label={t`Close`} onPress={onClose} className="-me-2">
          <X aria-hidden className="size-5" />
        </IconButton>
      </header>
      <div className="min-h-0 grow overflow-y-auto p-5">{children}</div>
    </aside>
  );
}
