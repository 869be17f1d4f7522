import { useLingui } from '@lingui/react/macro';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { IconButton } from './Button';
import { cx } from './cx';

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** `sheet`: from the end edge, from below on a phone. `middle`: over the page. */
  place?: 'sheet' | 'middle';
  /** `alertdialog`: a question that must be answered. */
  role?: 'dialog' | 'alertdialog';
  children: ReactNode;
}

export function Dialog({
  title,
  isOpen,
  onClose,
  place = 'sheet',
  role = 'dialog',
  children,
}: DialogProps) {
  const { t } = useLingui();
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={place === 'sheet'}
      className={cx(
        'fixed inset-0 z-40 flex bg-scrim data-entering:animate-[appear_200ms]',
        place === 'sheet'
          ? 'items-end sm:items-stretch sm:justify-end'
          : 'items-center justify-center p-4',
      )}
    >
      <Modal
        className={cx(
          'flex max-h-full w-full flex-col border-line bg-surface shadow-float outline-none data-entering:animate-[rise_200ms_var(--ease-out)]',
          place === 'sheet'
            ? 'max-h-[calc(100dvh-1.5rem)] rounded-t-sheet border-t sm:max-h-full sm:w-[27rem] sm:rounded-none sm:rounded-s-sheet sm:border-s sm:border-t-0'
            : 'max-w-md rounded-sheet border',
        )}
      >
        <AriaDialog role={role} className="flex min-h-0 grow flex-col outline-none">
          <header className="flex shrink-0 items-center justify-between gap-3 border-b border-line px-5 py-3">
            <Heading slot="title" className="text-lg font-semibold">
              {title}
            </Heading>
            <IconButton label={t`Close`} onPress={onClose} className="-me-2">
              <X aria-hidden className="size-5" />
            </IconButton>
          </header>
          <div className="min-h-0 grow overflow-y-auto overscroll-contain p-5">{children}</div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
