import { plural } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useRef, useState, type Ref } from 'react';
import type { Document, Draft } from '@/api/generated/model';
import type { ChoiceGroup } from '@/ui/Combobox';
import { cx } from '@/ui/cx';
import { Dialog } from '@/ui/Dialog';
import { notify } from '@/ui/Toast';
import { useMedia } from '@/ui/useMedia';
import type { BulkOutcome } from '../booking';
import { isWaiting, readFields, type FieldName } from '../model';
import {
  draftsQuery,
  useAcceptDocument,
  useAcceptDraft,
  useAttachDraft,
  useRejectDraft,
} from '../queries';
import { useArrival } from '../useArrival';
import { AcceptAll } from './AcceptAll';
import { BulkResult } from './BulkResult';
import { AllDecided, Decided } from './Decided';
import { DraftForm, type AccountChoice, type FieldFocus } from './DraftForm';
import { DraftTable } from './DraftTable';
import { PageViewer } from './PageViewer';
import { PanelHeading } from './PanelHeading';

interface ReviewProps {
  document: Document;
  accounts: readonly AccountChoice[];
  categories: readonly ChoiceGroup[];
  categoryNames: ReadonlyMap<string, string>;
  /** The draft opened by the address; without one, the first that waits. */
  draftId: string | undefined;
  onDraft: (id: string | undefined) => void;
  /** Another document waits and is opened. */
  onDocument: (id: string) => void;
}

/** Picture and fields side by side, both always in view. */
export function Review({ document, draftId, onDraft, onDocument, ...books }: ReviewProps) {
  const { t } = useLingui();
  const { arrivedAt, goOn } = useArrival({ document, draftId, onDraft, onDocument });
  const [outcome, setOutcome] = useState<BulkOutcome>();
  const acceptAll = useAcceptDocument(document, {
    onDone: (all) => {
      const name = document.file_name;
      const count = all.booked + all.known;
      setOutcome(all.left.length > 0 ? all : undefined);
      if (all.left.length > 0) return;
      notify({
        text: plural(count, {
          one: `# entry of ${name} is booked`,
          other: `# entries of ${name} are booked`,
        }),
      });
      goOn(undefined);
    },
  });
  const { data: drafts } = useSuspenseQuery(draftsQuery(document.id));
  const isStatement = drafts.length > 1;
  const isSheet = useMedia('(width < 64rem)') && isStatement;
  const chosen = drafts.find(({ id }) => id === draftId);
  const open = isSheet ? chosen : (chosen ?? drafts.find(isWaiting) ?? drafts.at(0));
  const isDecided = drafts.length > 0 && !drafts.some(isWaiting);
  const [active, setActive] = useState<number | null>(null);
  const handle = useRef<FieldFocus>(null);
  const fields = open ? readFields(open) : [];
  const hasPicture = document.pages.length > 0;

  const follow = (field: FieldName) => {
    const index = fields.findIndex(({ target, box }) => target === field && box !== null);
    setActive(index === -1 ? null : index);
  };
  const choose = (index: number) => {
    setActive(index);
    const target = fields[index]?.target;
    if (target) handle.current?.focus(target);
  };

  const decision = (draft: Draft) => (
    <OpenDraft
      key={draft.id}
      draft={draft}
      drafts={drafts}
      document={document}
      handle={handle}
      onFieldFocus={follow}
      isArrived={arrivedAt === draft.id || (!isStatement && arrivedAt === 'everything')}
      goOn={goOn}
      {...books}
    />
  );

  return (
    <div className="flex min-h-0 grow flex-col gap-5 lg:flex-row">
      {hasPicture ? (
        <div className="flex min-h-0 max-lg:sticky max-lg:top-14 max-lg:z-10 max-lg:-mx-4 max-lg:h-[38dvh] max-lg:bg-page max-lg:px-4 max-lg:pb-1 max-lg:sm:top-0 lg:grow lg:basis-1/2">
          <PageViewer document={document} fields={fields} active={active} onChoose={choose} />
        </div>
      ) : null}
      {isStatement ? (
        <div className="flex min-h-0 min-w-0 grow flex-col rounded-card border border-line bg-surface shadow-card">
          {isDecided ? (
            <AllDecided drafts={drafts} isArrived={arrivedAt === 'everything'} />
          ) : (
            <>
              {outcome ? (
                <BulkResult
                  key={acceptAll.submittedAt}
                  outcome={outcome}
                  drafts={drafts.filter(isWaiting)}
                  onOpen={onDraft}
                />
              ) : null}
              <AcceptAll
                accept={acceptAll}
                drafts={drafts}
                accounts={books.accounts}
                ownAccountId={document.account_id}
              />
            </>
          )}
          <div className="min-h-0 grow overflow-y-auto">
            <DraftTable
              drafts={drafts}
              categoryNames={books.categoryNames}
              openId={open?.id}
              onOpen={onDraft}
            />
          </div>
        </div>
      ) : null}
      {open && isSheet ? (
        <Dialog title={t`Entry`} isOpen onClose={() => onDraft(undefined)}>
          {decision(open)}
        </Dialog>
      ) : null}
      {open && !isSheet ? (
        <div
          className={cx(
            '@container min-h-0 min-w-0 rounded-card border border-line bg-surface p-5 shadow-card lg:overflow-y-auto',
            hasPicture || isStatement ? 'lg:w-[26rem] lg:shrink-0' : 'mx-auto w-full max-w-xl',
          )}
        >
          {decision(open)}
        </div>
      ) : null}
      {drafts.length === 0 ? (
        <p className="text-md text-text-2">
          <Trans>Nothing that could be booked was found in this document.</Trans>
        </p>
      ) : null}
    </div>
  );
}

interface OpenDraftProps extends Omit<ReviewProps, 'draftId' | 'onDraft' | 'onDocument'> {
  draft: Draft;
  drafts: readonly Draft[];
  isArrived: boolean;
  goOn: (decidedId: string) => void;
  handle: Ref<FieldFocus>;
  onFieldFocus: (field: FieldName) => void;
}

function OpenDraft({ draft, drafts, document, isArrived, goOn, ...form }: OpenDraftProps) {
  const { t } = useLingui();
  // Here and not in the form, which goes away as soon as the draft is decided.
  const done = (say: (payee: string) => string) => ({
    onDone: (decided: Draft) => {
      notify({ text: say(decided.payee || document.file_name) });
      goOn(decided.id);
    },
  });
  const acts = {
    accept: useAcceptDraft(
      draft,
      done((payee) => t`Booked: ${payee}`),
    ),
    attach: useAttachDraft(
      draft,
      done((payee) => t`Attached: ${payee}`),
    ),
    reject: useRejectDraft(
      draft,
      done((payee) => t`Rejected: ${payee}`),
    ),
  };
  if (!isWaiting(draft)) return <Decided draft={draft} isArrived={isArrived} />;
  const inItsCurrency = form.accounts.filter(({ currency }) => currency === draft.currency);
  const onlyAccount = inItsCurrency.length === 1 ? inItsCurrency[0]?.id : undefined;
  const place = draft.position;
  const count = drafts.length;
  return (
    <>
      {count > 1 ? (
        <PanelHeading isArrived={isArrived} className="mb-4 text-md font-semibold">
          <Trans>
            Entry {place} of {count}
          </Trans>
        </PanelHeading>
      ) : null}
      <DraftForm
        draft={draft}
        document={document}
        {...form}
        fallbackAccountId={document.account_id ?? onlyAccount ?? ''}
        acts={acts}
      />
    </>
  );
}
