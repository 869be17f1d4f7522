import { Trans } from '@lingui/react/macro';
import { CircleAlert, RotateCw } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Button } from './Button';
import { cx } from './cx';

export interface ErrorWords {
  /** What happened. */
  title: string;
  /** What is safe, and what can be done. */
  detail: string;
  /** The problem's type and trace id, for whoever helps. */
  reference?: string | undefined;
}

interface ErrorStateProps extends ErrorWords {
  onRetry?: () => void;
  className?: string;
}

export function ErrorState({ title, detail, reference, onRetry, className }: ErrorStateProps) {
  return (
    <div
      role="alert"
      className={cx('flex flex-col items-center px-6 py-10 text-center', className)}
    >
      <span className="mb-4 grid size-11 place-items-center rounded-full bg-neg-soft text-neg">
        <CircleAlert aria-hidden className="size-5" strokeWidth={1.75} />
      </span>
      <p className="text-md font-semibold text-text">{title}</p>
      <p className="mt-1 max-w-sm text-md text-text-2">{detail}</p>
      {onRetry ? (
        <Button className="mt-5" onPress={onRetry}>
          <RotateCw aria-hidden className="size-4" />
          <Trans>Try again</Trans>
        </Button>
      ) : null}
      {reference ? (
        <p className="mt-4 max-w-full font-mono text-xs break-all text-text-3">{reference}</p>
      ) : null}
    </div>
  );
}

interface FormErrorProps extends ErrorWords {
  /** One line for each thing that is wrong. */
  lines?: readonly string[];
}

/**
 * Above a form: what the server refused and no field can show. It takes the focus once; give it a key
 * for each attempt, so that the next refusal takes it again.
 */
export function FormError({ title, detail, lines }: FormErrorProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <div
      role="alert"
      tabIndex={-1}
      ref={box}
      className="flex gap-3 rounded-control border border-neg/40 bg-neg-soft px-3 py-2.5 text-md text-text"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-neg" />
      <div className="min-w-0 break-words">
        <p className="font-medium">{title}</p>
        {detail ? <p className="text-text-2">{detail}</p> : null}
        {lines && lines.length > 0 ? (
          <ul className="mt-1 list-disc ps-4 text-text-2">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        ) : null}
      </div>
    </div>
  );
}
