import { useLingui } from '@lingui/react/macro';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useForm, useWatch } from 'react-hook-form';
import type { Document, Draft, DraftChange } from '@/api/generated/model';
import { refusalOf } from '@/api/refusal';
import type { Act } from '@/api/useAct';
import { readAmount } from '@/lib/money/expression';
import type { Money } from '@/lib/money/money';
import { useLocale } from '@/ui/locale';
import { changeOf, valuesOf, type DraftValues } from './model';
import { useMatches } from './useMatches';

export interface Attachment {
  readonly change: DraftChange;
  readonly transactionId: string;
}

/** The actions of a person on a draft. */
export interface DraftActs {
  readonly accept: Act<DraftChange>;
  readonly attach: Act<Attachment>;
  readonly reject: Act<void>;
}

interface DraftFormOptions {
  draft: Draft;
  document: Pick<Document, 'kind'>;
  accounts: readonly { readonly id: string; readonly currency: string }[];
  fallbackAccountId: string;
  acts: DraftActs;
}

/** The form's fields by their names in the API. */
const fieldsOfForm = ['payee', 'amount', 'date', 'account_id', 'category_id', 'description'];

/** The form of a draft: its values, what the books hold of them already, and the decisions on it. */
export function useDraftForm({
  draft,
  document,
  accounts,
  fallbackAccountId,
  acts: { accept, attach, reject },
}: DraftFormOptions) {
  const { t } = useLingui();
  const { locale } = useLocale();
  const initial = useMemo(
    () => valuesOf(draft, fallbackAccountId, locale),
    [draft, fallbackAccountId, locale],
  );
  const { control, handleSubmit, setError, setFocus, formState } = useForm<DraftValues>({
    defaultValues: initial,
    // A newer version of the draft fills the fields that were left alone; what was typed stays.
    values: initial,
    resetOptions: { keepDirtyValues: true },
  });
  const { isDirty, dirtyFields } = formState;
  const isTouched = isDirty && Object.keys(dirtyFields).length > 0;
  const [accountId, date, direction, amount] = useWatch({
    control,
    name: ['accountId', 'date', 'direction', 'amount'],
  });
  const accountCurrency = (id: string) => accounts.find((one) => one.id === id)?.currency;
  const currency = draft.currency || accountCurrency(accountId) || 'EUR';
  const typed = readAmount(amount, currency, locale);
  // An account in another currency holds no such amount; the ledger refuses the booking.
  const isComparable = (id: string) => accountCurrency(id) === currency;
  const size = typed.kind === 'amount' && isComparable(accountId) ? typed.money : undefined;
  const matches = useMatches(draft, document, { accountId, date, direction }, size);
  const [chosenId, choose] = useState('');
  const match =
    matches.shown.find(({ transaction }) => transaction.id === chosenId) ?? matches.shown[0];
  const [checkError, setCheckError] = useState<unknown>();
  const [asked, setAsked] = useState(0);
  const question = useRef<HTMLHeadingElement>(null);
  const isAsked = match !== undefined;
  useEffect(() => {
    if (asked > 0 && isAsked) question.current?.focus();
  }, [asked, isAsked]);

  /** Does it with what the form says, once that can be booked. */
  const withValues = (act: (values: DraftValues, exact: Money) => void | Promise<void>) =>
    handleSubmit(async (values) => {
      const reading = readAmount(values.amount, currency, locale);
      if (reading.kind !== 'amount' || reading.money.minor === 0n) {
        setError('amount', { message: t`Enter an amount other than zero` });
        setFocus('amount');
        return;
      }
      await act(values, reading.money);
    });

  const anyway = withValues((values, exact) => accept.run(changeOf(draft, values, exact)));

  /** Books it, unless the books may hold it already: then the person chooses what it is. */
  const submit = withValues(async (values, exact) => {
    setCheckError(undefined);
    try {
      const found = isComparable(values.accountId) ? await matches.find(values, exact) : [];
      if (found.length === 0) accept.run(changeOf(draft, values, exact));
      else setAsked((times) => times + 1);
    } catch (error) {
      // Not known whether it is booked already: nothing is booked, and the person is told.
      setCheckError(error);
    }
  });

  const attachIt = withValues((values, exact) => {
    if (!match) return;
    const change = changeOf(draft, values, exact);
    // Keep the payee that a person or another receipt gave; replace a bank's words.
    const isKept = document.kind === 'receipt' && !match.from_bank;
    attach.run({
      change: isKept ? { ...change, payee: match.transaction.payee } : change,
      transactionId: match.transaction.id,
    });
  });

  const failed = accept.error ? accept : attach;
  return {
    control,
    currency,
    setFocus,
    isUnsaved: () => isTouched && ![accept, attach, reject].some((act) => act.isDone()),
    matches: { all: matches.shown, chosen: match, choose, question },
    refused: refusalOf(failed.error ?? checkError, fieldsOfForm),
    /** Differs for every attempt that failed. */
    attempt: `${failed.submittedAt}`,
    decide: {
      submit,
      anyway: () => void anyway(),
      attach: () => void attachIt(),
      reject: () => reject.run(),
    },
  };
}
