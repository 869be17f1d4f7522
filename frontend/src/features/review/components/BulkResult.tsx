import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { CircleAlert } from 'lucide-react';
import type { Draft } from '@/api/generated/model';
import { formatDay } from '@/lib/dates';
import { Amount } from '@/ui/Amount';
import { useLocale } from '@/ui/locale';
import type { BulkOutcome } from '../booking';
import { amountOf } from '../model';
import { leftOutWords } from '../words';
import { PanelHeading } from './PanelHeading';

interface BulkResultProps {
  outcome: BulkOutcome;
  drafts: readonly Draft[];
  onOpen: (draftId: string) => void;
}

/** The result of accepting all: the number booked, and each draft left with its reason. */
export function BulkResult({ outcome: { booked, known, left }, drafts, onOpen }: BulkResultProps) {
  const open = left.length;
  const byId = new Map(drafts.map((draft) => [draft.id, draft]));
  return (
    <div className="rounded-t-card border-b border-line bg-warn-soft px-5 py-3 text-md">
      <div className="flex items-start gap-2.5">
        <CircleAlert aria-hidden className="mt-0.5 size-5 shrink-0 text-warn" />
        <div className="min-w-0">
          <PanelHeading isArrived className="font-semibold">
            {booked === 0 ? (
              <Trans>Nothing was booked</Trans>
            ) : (
              <Plural value={booked} one="# entry is booked" other="# entries are booked" />
            )}
            {', '}
            <Plural value={open} one="# is not" other="# are not" />
          </PanelHeading>
          {known > 0 ? (
            <p>
              <Plural
                value={known}
                one="# was in your books already."
                other="# were in your books already."
              />
            </p>
          ) : null}
        </div>
      </div>
      <ul className="mt-2 flex max-h-56 flex-col gap-1 overflow-y-auto">
        {left.map((one) => {
          const draft = byId.get(one.draftId);
          return draft ? (
            <li key={one.draftId}>
              <Left draft={draft} reason={leftOutWords(one)} onOpen={() => onOpen(draft.id)} />
            </li>
          ) : null;
        })}
      </ul>
    </div>
  );
}

function Left({ draft, reason, onOpen }: { draft: Draft; reason: string; onOpen: () => void }) {
  const { t } = useLingui();
  const { locale } = useLocale();
  const amount = amountOf(draft);
  const name = draft.payee || draft.description || t`No payee`;
  const day = draft.date ? formatDay(draft.date, locale) : t`No date`;
  return (
    <button
      type="button"
      onClick={onOpen}
      className="flex min-h-11 w-full items-center gap-3 rounded-control bg-surface px-3 py-1.5 text-start transition-colors hover:bg-hover"
    >
      <span className="min-w-0 grow">
        <span className="block truncate font-medium">
          {name} · {day}
        </span>
        <span className="block text-sm text-text-2">{reason}</span>
      </span>
      {amount ? <Amount money={amount} kind="flow" className="font-medium" /> : null}
    </button>
  );
}
