import { valibotResolver } from '@hookform/resolvers/valibot';
import { Trans, useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import { Controller, useForm, useWatch } from 'react-hook-form';
import * as v from 'valibot';
import type { AccountType } from '@/api/generated/model';
import { refusalOf } from '@/api/refusal';
import { today } from '@/lib/dates';
import { currencyCodes, currencyName, likelyCurrency } from '@/lib/money/currency';
import { readAmount } from '@/lib/money/expression';
import { absolute, negate, toDecimal } from '@/lib/money/money';
import { Button } from '@/ui/Button';
import { Combobox } from '@/ui/Combobox';
import { FormError } from '@/ui/ErrorState';
import { TextField } from '@/ui/Field';
import { useLocale } from '@/ui/locale';
import { MoneyField } from '@/ui/MoneyField';
import { Select } from '@/ui/Select';
import { notify } from '@/ui/Toast';
import { UnsavedGuard } from '@/ui/UnsavedGuard';
import { accountTypes, isDebt, typeNames } from '../model';
import { useCreateAccount } from '../queries';

const schema = v.object({
  name: v.pipe(v.string(), v.trim(), v.nonEmpty()),
  type: v.picklist(accountTypes as [AccountType, ...AccountType[]]),
  currency: v.pipe(v.string(), v.length(3)),
  opening: v.string(),
});

interface AccountFormProps {
  submitLabel: string;
  onDone: () => void;
}

export function AccountForm({ submitLabel, onDone }: AccountFormProps) {
  const { t, i18n } = useLingui();
  const { locale } = useLocale();
  const [key] = useState(() => crypto.randomUUID());
  const create = useCreateAccount(key, {
    onDone: ({ name }) => notify({ text: t`Opened: ${name}` }),
    onLeave: onDone,
  });
  const refused = refusalOf(create.error, ['name', 'type', 'currency', 'opening_balance']);
  const { control, handleSubmit, setError, formState } = useForm({
    resolver: valibotResolver(schema),
    defaultValues: {
      name: '',
      type: 'checking' as AccountType,
      currency: likelyCurrency(locale),
      opening: '',
    },
  });
  const { isDirty } = formState;
  const [type, currency] = useWatch({ control, name: ['type', 'currency'] });

  const submit = handleSubmit((values) => {
    const reading = readAmount(values.opening, values.currency, locale);
    if (reading.kind === 'unreadable') {
      setError('opening', { message: t`This is not an amount` });
      return;
    }
    const opening = reading.kind === 'amount' ? reading.money : undefined;
    const signed = opening && isDebt(values.type) ? negate(absolute(opening)) : opening;
    create.run({
      name: values.name.trim(),
      type: values.type,
      currency: values.currency,
      ...(signed ? { opening_balance: toDecimal(signed), opening_date: today() } : {}),
    });
  });

  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-5">
      <UnsavedGuard isUnsaved={() => isDirty && !create.isDone()} />
      {refused.summary ? <FormError key={create.submittedAt} {...refused.summary} /> : null}
      <Controller
        name="name"
        control={control}
        render={({ field: { ref, ...field }, fieldState: { invalid } }) => (
          <TextField
            {...field}
            inputRef={ref}
            label={t`Name`}
            placeholder={t`For example: Main account`}
            autoComplete="off"
            isRequired
            error={invalid ? t`Give the account a name` : refused.fields.name}
          />
        )}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        <Controller
          name="type"
          control={control}
          render={({ field: { ref: _ref, ...field } }) => (
            <Select<AccountType>
              {...field}
              label={t`Type`}
              choices={accountTypes.map((id) => ({ id, label: i18n._(typeNames[id]) }))}
              error={refused.fields.type}
            />
          )}
        />
        <Controller
          name="currency"
          control={control}
          render={({ field, fieldState: { invalid } }) => (
            <Combobox
              label={t`Currency`}
              groups={currencyGroups(locale, t`Often used`, t`All`)}
              value={field.value}
              onChange={(code) => field.onChange(code ?? '')}
              inputRef={field.ref}
              error={invalid ? t`Choose a currency` : refused.fields.currency}
            />
          )}
        />
      </div>
      <Controller
        name="opening"
        control={control}
        render={({ field: { ref, ...field }, fieldState: { error } }) => (
          <MoneyField
            {...field}
            inputRef={ref}
            label={isDebt(type) ? t`Owed today` : t`Balance today`}
            currency={currency}
            description={t`Leave it empty to start at zero.`}
            error={error?.message ?? refused.fields.opening_balance}
          />
        )}
      />
      <Button type="submit" variant="primary" size="lg" isPending={create.isPending}>
        {create.isPending ? <Trans>Opening…</Trans> : submitLabel}
      </Button>
    </form>
  );
}

function currencyGroups(locale: string, often: string, all: string) {
  const choices = currencyCodes().map((id) => ({
    id,
    label: `${id} · ${currencyName(id, locale)}`,
  }));
  return [
    { id: 'often', label: often, choices: choices.slice(0, 10) },
    { id: 'all', label: all, choices: choices.slice(10) },
  ];
}
