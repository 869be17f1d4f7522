import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { CircleAlert, CircleCheck, CircleSlash, LoaderCircle, TriangleAlert } from 'lucide-react';
import type { Draft } from '@/api/generated/model';
import { formatDay } from '@/lib/dates';
import { Amount } from '@/ui/Amount';
import { cx } from '@/ui/cx';
import { useLocale } from '@/ui/locale';
import { amountOf, isWaiting, readFields } from '../model';
import { formatConfidence } from '../words';

interface DraftTableProps {
  drafts: readonly Draft[];
  categoryNames: ReadonlyMap<string, string>;
  openId: string | undefined;
  onOpen: (id: string) => void;
}

/** The lines of a statement as they would be booked; a press opens one for correction. */
export function DraftTable({ drafts, categoryNames, openId, onOpen }: DraftTableProps) {
  const { t } = useLingui();
  const waiting = drafts.filter(isWaiting).length;
  return (
    <section aria-label={t`Entries of the statement`}>
      <p className="border-b border-line px-5 py-2.5 text-sm text-text-3">
        <Plural value={drafts.length} one="# entry" other="# entries" />
        {waiting < drafts.length ? (
          <>
            {' · '}
            <Plural value={waiting} one="# still to decide" other="# still to decide" />
          </>
        ) : null}
      </p>
      <ul>
        {drafts.map((draft) => (
          <li key={draft.id} className="border-t border-line first:border-t-0">
            <DraftRow
              draft={draft}
              categoryNames={categoryNames}
              isOpen={draft.id === openId}
              onOpen={() => onOpen(draft.id)}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

function DraftRow({
  draft,
  categoryNames,
  isOpen,
  onOpen,
}: {
  draft: Draft;
  categoryNames: ReadonlyMap<string, string>;
  isOpen: boolean;
  onOpen: () => void;
}) {
  const { t } = useLingui();
  const { locale } = useLocale();
  const amount = amountOf(draft);
  const day = draft.date ? formatDay(draft.date, locale) : t`No date`;
  const name = draft.payee || draft.description || t`No payee`;
  const category = useCategory(draft, categoryNames);
  const isRefused = isWaiting(draft) && draft.problem !== null;
  const isDoubtful = draft.warnings.length > 0 || readFields(draft).some((one) => one.isDoubtful);
  return (
    <button
      type="button"
      aria-pressed={isOpen}
      onClick={onOpen}
      className={cx(
        'flex min-h-14 w-full items-center gap-3 px-5 py-2 text-start transition-colors outline-offset-[-2px]',
        isOpen ? 'bg-accent-soft' : 'hover:bg-hover',
        !isWaiting(draft) && 'text-text-3',
      )}
    >
      <StateIcon draft={draft} isDoubtful={isDoubtful} />
      <span className="min-w-0 grow">
        <span className="relative block truncate text-md font-medium">
          {name}
          <span className="sr-only">,</span>
        </span>
        <span className="relative block truncate text-sm text-text-3">
          {[day, category].filter(Boolean).join(' · ')}
          <span className="sr-only">,</span>
        </span>
        {isRefused ? (
          <span className="block text-sm text-neg">
            {draft.problem?.detail || draft.problem?.title}
          </span>
        ) : null}
      </span>
      {amount ? (
        <Amount money={amount} kind="flow" className="text-md font-medium" />
      ) : (
        <span className="text-sm text-warn">
          <Trans>No amount</Trans>
        </span>
      )}
    </button>
  );
}

/** The category as it would be booked; one that is only suggested says so, and how sure it is. */
function useCategory(draft: Draft, names: ReadonlyMap<string, string>): string | undefined {
  const { t } = useLingui();
  const { locale } = useLocale();
  if (draft.category_id !== null) return names.get(draft.category_id);
  const [first] = draft.suggestions;
  const suggested = first && names.get(first.category_id);
  if (!first || !suggested || !isWaiting(draft)) return undefined;
  const sure = formatConfidence(first.confidence, locale);
  return t`Suggested: ${suggested} (${sure})`;
}

function StateIcon({ draft, isDoubtful }: { draft: Draft; isDoubtful: boolean }) {
  const { t } = useLingui();
  const shape = 'size-4 shrink-0';
  if (draft.status === 'accepted') {
    return <CircleCheck role="img" aria-label={t`Booked`} className={cx(shape, 'text-pos')} />;
  }
  if (draft.status === 'accepting') {
    return (
      <LoaderCircle role="img" aria-label={t`Being booked`} className={cx(shape, 'text-text-3')} />
    );
  }
  if (draft.status === 'rejected') {
    return <CircleSlash role="img" aria-label={t`Rejected`} className={cx(shape, 'text-text-3')} />;
  }
  if (draft.problem) {
    return <CircleAlert role="img" aria-label={t`Not booked`} className={cx(shape, 'text-neg')} />;
  }
  if (isDoubtful) {
    return (
      <TriangleAlert role="img" aria-label={t`Please check`} className={cx(shape, 'text-warn')} />
    );
  }
  return (
    <span aria-hidden className={cx(shape, 'grid place-items-center')}>
      <span className="size-1.5 rounded-full bg-line-strong" />
    </span>
  );
}
