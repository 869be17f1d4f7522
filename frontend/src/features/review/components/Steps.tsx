import { useLingui } from '@lingui/react/macro';
import { Check, LoaderCircle } from 'lucide-react';
import type { Document } from '@/api/generated/model';
import { cx } from '@/ui/cx';
import { steps, stepsDone } from '../model';
import { statusOf, stepNames } from '../words';

/** received → reading → read → ready, each marked as it is reached and said once. */
export function Steps({ document }: { document: Document }) {
  const { i18n } = useLingui();
  const done = stepsDone(document.status);
  return (
    <div>
      <ol aria-hidden className="grid grid-cols-4 gap-1.5">
        {steps.map((step, at) => {
          const isDone = at < done - 1 || done === steps.length;
          const isNow = at === done - 1 && !isDone;
          return (
            <li key={step} className="min-w-0">
              <span
                className={cx(
                  'block h-1 rounded-full transition-colors duration-200 forced-colors:border',
                  isDone ? 'bg-accent' : isNow ? 'bg-accent/50' : 'bg-hover',
                )}
              />
              <span
                className={cx(
                  'mt-1.5 flex items-center gap-1 text-xs',
                  isDone || isNow ? 'text-text-2' : 'text-text-3',
                )}
              >
                {isDone ? <Check className="size-3.5 shrink-0 text-accent" /> : null}
                {isNow ? (
                  <LoaderCircle className="size-3.5 shrink-0 animate-spin text-accent motion-reduce:animate-none" />
                ) : null}
                <span className="truncate">{i18n._(stepNames[step])}</span>
              </span>
            </li>
          );
        })}
      </ol>
      <p role="status" className="sr-only">
        {i18n._(statusOf(document))}
      </p>
    </div>
  );
}
