import { Trans, useLingui } from '@lingui/react/macro';
import { Check, TriangleAlert, X } from 'lucide-react';
import { useImperativeHandle, useMemo, useRef, type Ref } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import type { Draft, DraftChange } from '@/api/generated/model';
import type { Act } from '@/api/useAct';
import { refusalOf } from '@/api/refusal';
import { describe } from '@/api/words';
import { readAmount } from '@/lib/money/expression';
import { Button } from '@/ui/Button';
import { Combobox, type ChoiceGroup } from '@/ui/Combobox';
import { DateField } from '@/ui/DateField';
import { FormError } from '@/ui/ErrorState';
import { TextField } from '@/ui/Field';
import { useLocale } from '@/ui/locale';
import { MoneyField } from '@/ui/MoneyField';
import { Segmented } from '@/ui/Segmented';
import { Select, type Choice } from '@/ui/Select';
import { UnsavedGuard, type Place } from '@/ui/UnsavedGuard';
import { changeOf, readFields, valuesOf, type DraftValues, type FieldName } from '../model';
import { Suggestions } from './Suggestions';

export interface AccountChoice extends Choice {
  readonly currency: string;
}

/** What the API calls the fields that this form has. */
const fieldsOfForm = ['payee', 'amount', 'date', 'account_id', 'category_id', 'description'];

/** The address of a draft: another draft of the same document is another place. */
const placeOfDraft = ({ pathname, search }: Place) =>
  'draft' in search ? `${pathname}?${String(search.draft)}` : pathname;

export interface FieldFocus {
  /** Called by the picture: puts the caret into the field of a box. */
  focus: (field: FieldName) => void;
}

interface DraftFormProps {
  draft: Draft;
  accounts: readonly AccountChoice[];
  categories: readonly ChoiceGroup[];
  categoryNames: ReadonlyMap<string, string>;
  fallbackAccountId: string;
  onFieldFocus: (field: FieldName) => void;
  handle: Ref<FieldFocus>;
  accept: Act<DraftChange>;
  reject: Act<void>;
}

export function DraftForm({
  draft,
  accounts,
  categories,
  categoryNames,
  fallbackAccountId,
  onFieldFocus,
  handle,
  accept,
  reject,
}: DraftFormProps) {
  const { t } = useLingui();
  const { locale } = useLocale();
  const form = useRef<HTMLFormElement>(null);
  const initial = useMemo(
    () => valuesOf(draft, fallbackAccountId, locale),
    [draft, fallbackAccountId, locale],
  );
  const { control, handleSubmit, setError, setFocus, setValue, formState } = useForm<DraftValues>({
    defaultValues: initial,
    // A newer version of the draft fills the fields that were left alone; what was typed stays.
    values: initial,
    resetOptions: { keepDirtyValues: true },
  });
  const { isDirty, dirtyFields } = formState;
  const isTouched = isDirty && Object.keys(dirtyFields).length > 0;
  const [categoryId, accountId] = useWatch({ control, name: ['categoryId', 'accountId'] });
  const currency = draft.currency || accounts.find(({ id }) => id === accountId)?.currency || 'EUR';
  const doubtful = new Set(
    readFields(draft).flatMap((field) => (field.isDoubtful ? (field.target ?? []) : [])),
  );
  const refused = refusalOf(accept.error, fieldsOfForm);

  useImperativeHandle(handle, () => ({
    focus: (field) => {
      if (field === 'date') form.current?.querySelector<HTMLElement>('[role=spinbutton]')?.focus();
      else setFocus(field === 'currency' ? 'amount' : field);
    },
  }));

  const submit = handleSubmit((values) => {
    const reading = readAmount(values.amount, currency, locale);
    if (reading.kind !== 'amount' || reading.money.minor === 0n) {
      setError('amount', { message: t`Enter an amount other than zero` });
      setFocus('amount');
      return;
    }
    accept.run(changeOf(draft, values, reading.money));
  });

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
    <form ref={form} onSubmit={submit} noValidate className="flex flex-col gap-4">
      <UnsavedGuard
        isUnsaved={() => isTouched && !accept.isDone() && !reject.isDone()}
        placeOf={placeOfDraft}
      />
      {refused.summary ? <FormError key={accept.submittedAt} {...refused.summary} /> : null}
      {reject.error ? <FormError key={reject.submittedAt} {...describe(reject.error)} /> : null}
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
      <div className="flex flex-col gap-2">
        <Controller
          name="categoryId"
          control={control}
          render={({ field }) => (
            <Combobox
              label={t`Category`}
              placeholder={t`Choose or type`}
              groups={categories}
              value={field.value || null}
              onChange={(id) => field.onChange(id ?? '')}
              error={refused.fields.category_id}
            />
          )}
        />
        <Suggestions
          suggestions={draft.suggestions}
          names={categoryNames}
          chosen={categoryId}
          onChoose={(id) => setValue('categoryId', id, { shouldDirty: true })}
        />
      </div>
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
      <div className="sticky bottom-0 -mx-5 -mb-5 flex rounded-b-card gap-2 border-t border-line bg-surface px-5 py-3 max-sm:bottom-(--tab-bar) lg:-bottom-5">
        <Button
          type="submit"
          variant="primary"
          size="lg"
          className="grow max-sm:px-3"
          isPending={accept.isPending}
        >
          <Check aria-hidden className="size-4" />
          <Trans>Accept and book</Trans>
        </Button>
        <Button
          size="lg"
          className="max-sm:px-3"
          isPending={reject.isPending}
          onPress={() => reject.run()}
        >
          <X aria-hidden className="size-4" />
          <Trans>Reject</Trans>
        </Button>
      </div>
    </form>
  );
}
