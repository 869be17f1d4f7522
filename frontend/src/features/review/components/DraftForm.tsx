import { Trans, useLingui } from '@lingui/react/macro';
import { CircleAlert, TriangleAlert } from 'lucide-react';
import { useImperativeHandle, useRef, type Ref } from 'react';
import { Controller } from 'react-hook-form';
import type { Document, Draft } from '@/api/generated/model';
import { describe } from '@/api/words';
import type { ChoiceGroup } from '@/ui/Combobox';
import { DateField } from '@/ui/DateField';
import { FormError } from '@/ui/ErrorState';
import { TextField } from '@/ui/Field';
import { MoneyField } from '@/ui/MoneyField';
import { Segmented } from '@/ui/Segmented';
import { Select, type Choice } from '@/ui/Select';
import { UnsavedGuard, type Place } from '@/ui/UnsavedGuard';
import { readFields, type FieldName } from '../model';
import { useDraftForm, type DraftActs } from '../useDraftForm';
import { AlreadyBooked } from './AlreadyBooked';
import { CategoryField } from './CategoryField';
import { Verdict } from './Verdict';

export interface AccountChoice extends Choice {
  readonly currency: string;
}

/** The address of a draft: another draft of the same document is another place. */
const placeOfDraft = ({ pathname, search }: Place) =>
  'draft' in search ? `${pathname}?${String(search.draft)}` : pathname;

export interface FieldFocus {
  /** Called by the picture: puts the caret into the field of a box. */
  focus: (field: FieldName) => void;
}

interface DraftFormProps {
  draft: Draft;
  document: Document;
  accounts: readonly AccountChoice[];
  categories: readonly ChoiceGroup[];
  categoryNames: ReadonlyMap<string, string>;
  fallbackAccountId: string;
  onFieldFocus: (field: FieldName) => void;
  handle: Ref<FieldFocus>;
  acts: DraftActs;
}

export function DraftForm({
  draft,
  document,
  accounts,
  categories,
  categoryNames,
  fallbackAccountId,
  onFieldFocus,
  handle,
  acts,
}: DraftFormProps) {
  const { t } = useLingui();
  const form = useRef<HTMLFormElement>(null);
  const { control, currency, setFocus, matches, refused, attempt, decide, isUnsaved } =
    useDraftForm({ draft, document, accounts, fallbackAccountId, acts });
  const { accept, attach, reject } = acts;
  const doubtful = new Set(
    readFields(draft).flatMap((field) => (field.isDoubtful ? (field.target ?? []) : [])),
  );

  useImperativeHandle(handle, () => ({
    focus: (field) => {
      if (field === 'date') form.current?.querySelector<HTMLElement>('[role=spinbutton]')?.focus();
      else setFocus(field === 'currency' ? 'amount' : field);
    },
  }));

  const doubt = (field: FieldName) =>
    doubtful.has(field) ? (
      <span className="inline-flex items-center gap-1 text-warn">
        <TriangleAlert aria-hidden className="size-3.5" />
        <span className="underline decoration-dotted underline-offset-2">
          <Trans>Hard to read, please check</Trans>
        </span>
      </span>
    ) : undefined;

  return (
    <form
      ref={form}
      onSubmit={(event) => void decide.submit(event)}
      noValidate
      className="flex flex-col gap-4"
    >
      <UnsavedGuard isUnsaved={isUnsaved} placeOf={placeOfDraft} />
      {refused.summary ? <FormError key={attempt} {...refused.summary} /> : null}
      {reject.error ? <FormError key={reject.submittedAt} {...describe(reject.error)} /> : null}
      {draft.problem && !refused.summary ? (
        <p className="flex gap-2.5 rounded-control bg-neg-soft px-3 py-2 text-md text-text">
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-neg" />
          {draft.problem.detail || draft.problem.title}
        </p>
      ) : null}
      <p role="status" className="sr-only">
        {matches.chosen ? t`It may be booked already.` : ''}
      </p>
      {matches.chosen ? (
        <AlreadyBooked
          matches={matches.all}
          chosenId={matches.chosen.transaction.id}
          onChoose={matches.choose}
          headingRef={matches.question}
        />
      ) : null}
      {draft.warnings.map((warning) => (
        <p
          key={warning}
          className="flex gap-2.5 rounded-control bg-warn-soft px-3 py-2 text-md text-text"
        >
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
          {warning}
        </p>
      ))}
      <Controller
        name="payee"
        control={control}
        rules={{ required: true }}
        render={({ field: { ref, ...field }, fieldState: { invalid } }) => (
          <TextField
            {...field}
            inputRef={ref}
            label={t`Payee`}
            autoComplete="off"
            onFocus={() => onFieldFocus('payee')}
            description={doubt('payee')}
            error={invalid ? t`Enter who was paid` : refused.fields.payee}
          />
        )}
      />
      <div className="grid gap-4 @md:grid-cols-2">
        <div className="flex flex-col gap-2">
          <Controller
            name="amount"
            control={control}
            render={({ field: { ref, ...field }, fieldState }) => (
              <MoneyField
                {...field}
                inputRef={ref}
                label={t`Amount`}
                currency={currency}
                onFocus={() => onFieldFocus('amount')}
                description={doubt('amount')}
                error={fieldState.error?.message ?? refused.fields.amount}
              />
            )}
          />
          <Controller
            name="direction"
            control={control}
            render={({ field }) => (
              <Segmented
                label={t`Kind`}
                className="flex w-full"
                value={field.value}
                onChange={field.onChange}
                choices={[
                  { id: 'out', label: t`Money out` },
                  { id: 'in', label: t`Money in` },
                ]}
              />
            )}
          />
        </div>
        <Controller
          name="date"
          control={control}
          rules={{ required: true }}
          render={({ field, fieldState: { invalid } }) => (
            <DateField
              label={t`Date`}
              value={field.value || null}
              onChange={(day) => field.onChange(day ?? '')}
              onFocus={() => onFieldFocus('date')}
              description={doubt('date')}
              error={invalid ? t`Enter a date` : refused.fields.date}
            />
          )}
        />
      </div>
      <Controller
        name="accountId"
        control={control}
        rules={{ required: true }}
        render={({ field: { ref: _ref, ...field }, fieldState: { invalid } }) => (
          <Select
            {...field}
            value={field.value || null}
            label={t`Account`}
            placeholder={t`Choose an account`}
            choices={accounts}
            error={invalid ? t`Choose the account it was paid from` : refused.fields.account_id}
          />
        )}
      />
      <Controller
        name="categoryId"
        control={control}
        render={({ field }) => (
          <CategoryField
            draft={draft}
            categories={categories}
            names={categoryNames}
            value={field.value}
            onChange={field.onChange}
            error={refused.fields.category_id}
          />
        )}
      />
      <Controller
        name="description"
        control={control}
        render={({ field: { ref, ...field } }) => (
          <TextField
            {...field}
            inputRef={ref}
            label={t`Note`}
            autoComplete="off"
            onFocus={() => onFieldFocus('description')}
            error={refused.fields.description}
          />
        )}
      />
      <Verdict
        isAsked={matches.chosen !== undefined}
        isReceipt={document.kind === 'receipt'}
        pending={
          accept.isPending
            ? 'accept'
            : attach.isPending
              ? 'attach'
              : reject.isPending
                ? 'reject'
                : undefined
        }
        onAttach={decide.attach}
        onAnyway={decide.anyway}
        onReject={decide.reject}
      />
    </form>
  );
}
