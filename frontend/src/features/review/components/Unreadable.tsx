import { Trans, useLingui } from '@lingui/react/macro';
import type { Document } from '@/api/generated/model';
import { LinkButton } from '@/ui/Button';
import { ErrorState } from '@/ui/ErrorState';

/** Why a document could not be read, and what helps. */
export function Unreadable({ document }: { document: Document }) {
  const { t } = useLingui();
  return (
    <div className="rounded-card border border-line bg-surface">
      <ErrorState
        title={document.problem?.title ?? t`This document could not be read`}
        detail={
          document.problem?.detail ??
          t`Nothing was booked. A sharper photo in good light often helps.`
        }
        reference={document.problem?.type.split('/').at(-1)}
      />
      <p className="flex justify-center gap-2 pb-10">
        <LinkButton to="/inbox" variant="primary">
          <Trans>Add another</Trans>
        </LinkButton>
        <LinkButton to="/transactions/new" search={{}}>
          <Trans>Enter it by hand</Trans>
        </LinkButton>
      </p>
    </div>
  );
}
