import { Plural, Trans } from '@lingui/react/macro';
import { CircleCheck, CircleSlash, LoaderCircle } from 'lucide-react';
import type { Draft } from '@/api/generated/model';
import { formatDay } from '@/lib/dates';
import { Amount } from '@/ui/Amount';
import { LinkButton } from '@/ui/Button';
import { useLocale } from '@/ui/locale';
import { TextLink } from '@/ui/TextLink';
import { amountOf } from '../model';
import { PanelHeading } from './PanelHeading';

interface DecidedProps {
  draft: Draft;
  /** Nothing else waits: this is where the person has arrived. */
  isArrived: boolean;
}

/** What became of a draft that is no longer to be decided. */
export function Decided({ draft, isArrived }: DecidedProps) {
  const { locale } = useLocale();
  const amount = amountOf(draft);
  const isRejected = draft.status === 'rejected';
  return (
    <div className="flex flex-col items-center py-8 text-center">
      <Outcome status={draft.status} isArrived={isArrived} />
      {isRejected ? (
        <p className="mt-1 text-md text-text-2">
          <Trans>Nothing of it was booked. The document stays here.</Trans>
        </p>
      ) : (
        <>
          {amount ? (
            <Amount money={amount} kind="flow" className="mt-3 text-2xl font-semibold" />
          ) : null}
          <p className="mt-1 text-md text-text-2">
            {[draft.payee, draft.date ? formatDay(draft.date, locale) : '']
              .filter(Boolean)
              .join(' · ')}
          </p>
        </>
      )}
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
      {isArrived ? <NothingElse /> : null}
    </div>
  );
}

function Outcome({ status, isArrived }: { status: Draft['status']; isArrived: boolean }) {
  const heading = 'mt-3 text-lg font-semibold';
  if (status === 'rejected') {
    return (
      <>
        <CircleSlash aria-hidden className="size-8 text-text-3" strokeWidth={1.5} />
        <PanelHeading isArrived={isArrived} className={heading}>
          <Trans>Rejected</Trans>
        </PanelHeading>
      </>
    );
  }
  if (status === 'accepting') {
    return (
      <>
        <LoaderCircle aria-hidden className="size-8 text-text-3" strokeWidth={1.5} />
        <PanelHeading isArrived={isArrived} className={heading}>
          <Trans>Being booked</Trans>
        </PanelHeading>
      </>
    );
  }
  return (
    <>
      <CircleCheck aria-hidden className="size-8 text-pos" strokeWidth={1.5} />
      <PanelHeading isArrived={isArrived} className={heading}>
        <Trans>Booked</Trans>
      </PanelHeading>
    </>
  );
}

/** The outcome of a whole statement once none of its drafts waits. */
export function AllDecided({
  drafts,
  isArrived,
}: {
  drafts: readonly Draft[];
  isArrived: boolean;
}) {
  const count = (status: Draft['status']) => drafts.filter((one) => one.status === status).length;
  const booked = count('accepted');
  const under = count('accepting');
  const rejected = count('rejected');
  const isIn = booked + under > 0;
  const Icon = isIn ? CircleCheck : CircleSlash;
  return (
    <div
      className={`flex items-start gap-2.5 rounded-t-card border-b border-line px-5 py-3 text-md ${isIn ? 'bg-pos-soft' : 'bg-sunken'}`}
    >
      <Icon aria-hidden className={`mt-0.5 size-5 shrink-0 ${isIn ? 'text-pos' : 'text-text-3'}`} />
      <div className="min-w-0">
        <PanelHeading isArrived={isArrived} className="font-semibold">
          {isIn ? <Trans>All decided</Trans> : <Trans>All rejected, nothing was booked</Trans>}
        </PanelHeading>
        {isIn ? (
          <p role="status">
            {booked > 0 ? (
              <Plural value={booked} one="# entry is booked." other="# entries are booked." />
            ) : null}{' '}
            {under > 0 ? (
              <Plural value={under} one="# is being booked." other="# are being booked." />
            ) : null}{' '}
            {rejected > 0 ? (
              <Plural value={rejected} one="# was rejected." other="# were rejected." />
            ) : null}
          </p>
        ) : null}
        {isArrived ? <NothingElse /> : null}
      </div>
    </div>
  );
}

function NothingElse() {
  return (
    <p className="mt-4 text-md text-text-2 first:mt-0">
      <Trans>Nothing else waits for you.</Trans>{' '}
      <TextLink to="/inbox">
        <Trans>Back to the inbox</Trans>
      </TextLink>
    </p>
  );
}
