import { useLingui } from '@lingui/react/macro';
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import {
  Button,
  Text,
  UNSTABLE_Toast as AriaToast,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from 'react-aria-components';
import { IconButton } from './Button';

interface Message {
  readonly text: string;
  readonly tone?: 'done' | 'failed';
  readonly action?: { readonly label: string; readonly run: () => void };
}

const queue = new ToastQueue<Message>({ maxVisibleToasts: 3 });

/** Says what was done, with the way back; stays 8 s, longer under pointer or focus. F6 goes to it. */
export function notify(message: Message): void {
  queue.add(message, { timeout: 8000 });
}

export function dismissAll(): void {
  queue.clear();
}

export function Toasts() {
  const { t } = useLingui();
  return (
    <ToastRegion
      queue={queue}
      aria-label={t`Messages`}
      className="fixed inset-x-4 bottom-[calc(5rem+env(safe-area-inset-bottom))] z-50 flex flex-col items-center gap-2 outline-none sm:bottom-6"
    >
      {({ toast }) => (
        <AriaToast
          toast={toast}
          className="flex w-full max-w-md items-center gap-3 rounded-card border border-line bg-surface py-2 ps-4 pe-2 shadow-float outline-none data-focus-visible:outline-2 data-focus-visible:outline-focus"
        >
          {toast.content.tone === 'failed' ? (
            <CircleAlert aria-hidden className="size-5 shrink-0 text-neg" />
          ) : (
            <CircleCheck aria-hidden className="size-5 shrink-0 text-pos" />
          )}
          <ToastContent className="min-w-0 grow py-1">
            <Text slot="title" className="text-md text-text">
              {toast.content.text}
            </Text>
          </ToastContent>
          {toast.content.action ? (
            <Button
              className="h-9 shrink-0 rounded-control px-3 text-md font-semibold text-accent hover:bg-hover coarse:h-11"
              onPress={() => {
                toast.content.action?.run();
                queue.close(toast.key);
              }}
            >
              {toast.content.action.label}
            </Button>
          ) : null}
          <IconButton label={t`Close`} onPress={() => queue.close(toast.key)}>
            <X aria-hidden className="size-4" />
          </IconButton>
        </AriaToast>
      )}
    </ToastRegion>
  );
}
