import { valibotResolver } from '@hookform/resolvers/valibot';
import { Trans, useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import type { Act } from '@/api/useAct';
import { refusalOf } from '@/api/refusal';
import { readAmount } from '@/lib/money/expression';
import type { Money } from '@/lib/money/money';
import { Button } from '@/ui/Button';
import { Combobox, type ChoiceGroup } from '@/ui/Combobox';
import { DateField } from '@/ui/DateField';
import { FormError } from '@/ui/ErrorState';
import { TextField } from '@/ui/Field';
import { useLocale } from '@/ui/locale';
import { MoneyField } from '@/ui/MoneyField';
import { Segmented } from '@/ui/Segmented';
import { Select, type Choice } from '@/ui/Select';
import { UnsavedGuard } from '@/ui/UnsavedGuard';
import { entrySchema, fieldsOf, type Direction, type EntryValues } from '../form';

export interface AccountChoice extends Choice {
  readonly currency: string;
}

interface TransactionFormProps {
  initial: EntryValues;
  /** Of the entry, where its account is not known. */
  entryCurrency: string;
  accounts: readonly AccountChoice[];
  categories: readonly ChoiceGroup[];
  submit: (values: EntryValues, amount: Money) => void;
  act: Pick<Act<never>, 'isPending' | 'error' | 'submittedAt'>;
  /** Whether what was typed is safe: then nothing is asked when the form is left. */
  isSafe: () => boolean;
  /** Stands in the place of the category, for an entry that has several. */
  divided?: ReactNode;
  /** An entry stays what it was: a transfer does not become a purchase. */
  isKindFixed?: boolean;
}

export function TransactionForm({
  initial,
  entryCurrency,
  accounts,
  categories,
  submit,
  act,
  isSafe,
  divided,
  isKindFixed = false,
}: TransactionFormProps) {
  const { t } = useLingui();
  const { locale } = useLocale();
  const { control, handleSubmit, setError, setValue, formState } = useForm<EntryValues>({
    resolver: valibotResolver(entrySchema),
    defaultValues: initial,
    // A newer version of the entry fills the fields that were left alone; what was typed stays.
    values: initial,
    resetOptions: { keepDirtyValues: true },
  });
  const { isDirty, dirtyFields } = formState;
  const isTouched = isDirty && Object.keys(dirtyFields).length > 0;
  const [direction, accountId] = useWatch({ control, name: ['direction', 'accountId'] });
  const currency = accounts.find(({ id }) => id === accountId)?.currency ?? entryCurrency;
  const isTransfer = direction === 'transfer';
  // An amount in one currency means nothing in another: the person types it again.
  const forgetAmount = (accountChosen: string) => {
    const chosen = accounts.find(({ id }) => id === accountChosen)?.currency;
    if (isKindFixed && chosen !== undefined && chosen !== currency) {
      setValue('amount', '', { shouldDirty: true });
    }
  };
  const refused = refusalOf(act.error, fieldsOf(direction, divided !== undefined));

  const onSubmit = handleSubmit((values) => {
    const reading = readAmount(values.amount, currency, locale);
    if (reading.kind !== 'amount' || reading.money.minor === 0n) {
      setError('amount', { message: t`Enter an amount other than zero` }, { shouldFocus: true });
      return;
    }
    if (isTransfer && (values.toAccountId === '' || values.toAccountId === values.accountId)) {
      setError('toAccountId', { message: t`Choose another account to transfer to` });
      return;
    }
    submit(values, reading.money);
  });

  const directions: Choice<Direction>[] = [
    { id: 'out', label: t`Money out` },
    { id: 'in', label: t`Money in` },
    { id: 'transfer', label: t`Transfer` },
  ];

  return (
    <form onSubmit={onSubmit} noValidate className="flex flex-col gap-5">
      <UnsavedGuard isUnsaved={() => isTouched && !isSafe()} />
      {refused.summary ? <FormError key={act.submittedAt} {...refused.summary} /> : null}
      {isKindFixed && initial.direction === 'transfer' ? null : (
        <Controller
          name="direction"
          control={control}
          render={({ field }) => (
            <Segmented
              label={t`Kind`}
              className="flex w-full"
              value={field.value}
              onChange={field.onChange}
              choices={isKindFixed ? directions.slice(0, 2) : directions}
            />
          )}
        />
      )}
      <Controller
        name="amount"
        control={control}
        render={({ field: { ref, ...field }, fieldState }) => (
          <MoneyField
            {...field}
            inputRef={ref}
            label={t`Amount`}
            currency={currency}
            isRequired
            autoFocus={!isKindFixed} // oxlint-disable-line jsx-a11y/no-autofocus -- opened to type an amount
            error={
              fieldState.invalid
                ? (fieldState.error?.type === 'non_empty' ? '' : fieldState.error?.message) ||
                  t`Enter an amount`
                : refused.fields.amount
            }
          />
        )}
      />
      <Controller
        name="payee"
        control={control}
        render={({ field: { ref, ...field }, fieldState: { invalid } }) => (
          <TextField
            {...field}
            inputRef={ref}
            label={isTransfer ? t`Name (optional)` : t`Payee`}
            autoComplete="off"
            error={invalid ? t`Use at most 140 characters` : refused.fields.payee}
          />
        )}
      />
      <Controller
        name="date"
        control={control}
        render={({ field, fieldState: { invalid } }) => (
          <DateField
            label={t`Date`}
            value={field.value || null}
            onChange={(day) => field.onChange(day ?? '')}
            error={invalid ? t`Enter a date` : refused.fields.date}
          />
        )}
      />
      <Controller
        name="accountId"
        control={control}
        render={({ field: { ref: _ref, ...field }, fieldState: { invalid } }) => (
          <Select
            {...field}
            onChange={(id) => {
              forgetAmount(id);
              field.onChange(id);
            }}
            label={isTransfer ? t`From account` : t`Account`}
            choices={accounts}
            error={invalid ? t`Choose an account` : refused.fields.account_id}
          />
        )}
      />
      {isTransfer ? (
        <Controller
          name="toAccountId"
          control={control}
          render={({ field: { ref: _ref, ...field }, fieldState }) => (
            <Select
              {...field}
              label={t`To account`}
              value={field.value || null}
              placeholder={t`Choose an account`}
              choices={accounts.filter(({ id }) => id !== accountId)}
              error={fieldState.error?.message ?? refused.fields.to_account_id}
            />
          )}
        />
      ) : (
        (divided ?? (
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
                inputRef={field.ref}
                error={refused.fields.category_id}
              />
            )}
          />
        ))
      )}
      <Controller
        name="description"
        control={control}
        render={({ field: { ref: _ref, ...field } }) => (
          <TextField {...field} label={t`Note`} multiline error={refused.fields.description} />
        )}
      />
      <Button type="submit" variant="primary" size="lg" isPending={act.isPending}>
        <Trans>Save</Trans>
      </Button>
    </form>
  );
}
