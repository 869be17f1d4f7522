import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { CircleCheck, CircleSlash } from 'lucide-react';
import type { Draft } from '@/api/generated/model';
import { formatDay } from '@/lib/dates';
import { Amount } from '@/ui/Amount';
import { LinkButton } from '@/ui/Button';
import { useLocale } from '@/ui/locale';
import { amountOf } from '../model';

/** What became of a draft that is no longer to be decided. */
export function Decided({ draft }: { draft: Draft }) {
  const { locale } = useLocale();
  const amount = amountOf(draft);
  if (draft.status === 'rejected') {
    return (
      <div className="flex flex-col items-center py-8 text-center">
        <CircleSlash aria-hidden className="size-8 text-text-3" strokeWidth={1.5} />
        <p className="mt-3 text-lg font-semibold">
          <Trans>Rejected</Trans>
        </p>
        <p className="mt-1 text-md text-text-2">
          <Trans>Nothing of it was booked. The document stays here.</Trans>
        </p>
      </div>
    );
  }
  return (
    <div className="flex flex-col items-center py-8 text-center">
      <CircleCheck aria-hidden className="size-8 text-pos" strokeWidth={1.5} />
      <p className="mt-3 text-lg font-semibold">
        {draft.status === 'accepting' ? <Trans>Being booked</Trans> : <Trans>Booked</Trans>}
      </p>
      {amount ? (
        <Amount money={amount} kind="flow" className="mt-3 text-2xl font-semibold" />
      ) : null}
      <p className="mt-1 text-md text-text-2">
        {[draft.payee, draft.date ? formatDay(draft.date, locale) : ''].filter(Boolean).join(' · ')}
      </p>
      {draft.transaction_id ? (
        <LinkButton
          className="mt-5"
          variant="primary"
          to="/transactions/$transactionId"
          params={{ transactionId: draft.transaction_id }}
          search={{}}
        >
          <Trans>Show the transaction</Trans>
        </LinkButton>
      ) : null}
    </div>
  );
}

/** A whole statement is decided. */
export function AllDecided({ drafts }: { drafts: readonly Draft[] }) {
  const { t } = useLingui();
  const booked = drafts.filter(({ status }) => status === 'accepted').length;
  return (
    <p
      role="status"
      aria-label={t`All decided`}
      className="flex items-center gap-2.5 border-b border-line bg-pos-soft px-5 py-3 text-md"
    >
      <CircleCheck aria-hidden className="size-5 shrink-0 text-pos" />
      <Plural value={booked} one="# entry is booked." other="# entries are booked." />
    </p>
  );
}
