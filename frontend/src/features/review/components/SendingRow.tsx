import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { CircleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Document } from '@/api/generated/model';
import { isTransient } from '@/api/problem';
import { describe } from '@/api/words';
import { formatShare } from '@/lib/money/format';
import { Button, IconButton, LinkButton } from '@/ui/Button';
import { useLocale } from '@/ui/locale';
import { Progress } from '@/ui/Progress';
import { isUnderWay } from '../model';
import { documentQuery } from '../queries';
import type { Sending } from '../useUploads';
import { Steps } from './Steps';

interface SendingRowProps {
  sending: Sending;
  onRetry: () => void;
  onDismiss: () => void;
}

/**
 * One file, from the first byte sent until it can be reviewed. Its status comes with the live events of
 * the book: a stream for each file would use up the connections that a browser opens.
 */
export function SendingRow({ sending, onRetry, onDismiss }: SendingRowProps) {
  const { t } = useLingui();
  const { file, documentId } = sending;
  const { data: document } = useQuery({
    ...documentQuery(documentId ?? ''),
    enabled: documentId !== undefined,
  });
  return (
    <li className="flex flex-col gap-2.5 border-t border-line px-4 py-3.5 first:border-t-0 sm:px-5">
      <div className="flex items-center gap-3">
        <span className="min-w-0 grow truncate text-md font-medium" title={file.name}>
          {file.name}
        </span>
        {document?.status === 'ready' ? (
          <LinkButton
            size="sm"
            variant="primary"
            to="/inbox/$documentId"
            params={{ documentId: document.id }}
          >
            <Trans>Review</Trans>
          </LinkButton>
        ) : null}
        {sending.error || (document && !isUnderWay(document)) ? (
          <IconButton label={t`Dismiss`} onPress={onDismiss}>
            <X aria-hidden className="size-4" />
          </IconButton>
        ) : null}
      </div>
      <State sending={sending} document={document} onRetry={onRetry} />
    </li>
  );
}

function State({
  sending,
  document,
  onRetry,
}: {
  sending: Sending;
  document: Document | undefined;
  onRetry: () => void;
}) {
  const { t } = useLingui();
  const { locale } = useLocale();
  if (sending.error) {
    const { title, detail } = describe(sending.error);
    return (
      <Refusal title={title} detail={detail}>
        {isTransient(sending.error) ? (
          <Button size="sm" onPress={onRetry}>
            <Trans>Send again</Trans>
          </Button>
        ) : null}
      </Refusal>
    );
  }
  if (!document) {
    const share = formatShare(sending.sent * 1000, locale);
    return (
      <div className="flex items-center gap-3 text-sm text-text-3">
        <Progress label={t`Sending ${sending.file.name}`} value={sending.sent} />
        <span className="w-10 text-end tabular-nums">{share}</span>
      </div>
    );
  }
  if (document.status === 'failed') {
    return (
      <Refusal
        title={document.problem?.title ?? t`Could not be read`}
        detail={document.problem?.detail ?? ''}
      />
    );
  }
  return (
    <>
      <Steps document={document} />
      {sending.isDuplicate ? (
        <p className="text-sm text-text-2">
          <Trans>This file was here already, so nothing was added twice.</Trans>
        </p>
      ) : null}
    </>
  );
}

function Refusal({
  title,
  detail,
  children,
}: {
  title: string;
  detail: string;
  children?: ReactNode;
}) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-3 text-md">
      <CircleAlert aria-hidden className="size-4 shrink-0 text-neg" />
      <span className="min-w-0 grow">
        <span className="block text-text">{title}</span>
        <span className="block text-sm text-text-2">{detail}</span>
      </span>
      {children}
    </div>
  );
}
