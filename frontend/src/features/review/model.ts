import type {
  Document,
  Draft,
  DraftChange,
  DraftField,
  TransactionMatch,
} from '@/api/generated/model';
import { decimalToInput, toInput } from '@/lib/money/input';
import { absolute, money, negate, NotAnAmount, toDecimal, type Money } from '@/lib/money/money';

/** What a person can correct; named like the API's fields. */
export const fieldNames = ['payee', 'amount', 'date', 'currency', 'description'] as const;
export type FieldName = (typeof fieldNames)[number];

/** What the reader calls a field → where it is corrected. */
const targets: Readonly<Record<string, FieldName>> = {
  payee: 'payee',
  merchant: 'payee',
  amount: 'amount',
  total: 'amount',
  date: 'date',
  currency: 'currency',
  description: 'description',
};

/** Below this the reader was not sure: the field asks to be looked at. */
const sure = 0.8;

export interface ReadField extends DraftField {
  /** The form field this box belongs to; undefined for what was read but is not booked. */
  readonly target: FieldName | undefined;
  readonly isDoubtful: boolean;
}

export function readFields(draft: Draft): ReadField[] {
  return draft.fields.map((field) => ({
    ...field,
    target: targets[field.name],
    isDoubtful: targets[field.name] !== undefined && field.confidence < sure,
  }));
}

export interface DraftValues {
  readonly payee: string;
  readonly direction: 'out' | 'in';
  readonly amount: string;
  readonly date: string;
  readonly accountId: string;
  readonly categoryId: string;
  readonly description: string;
}

/** The amount of a draft; undefined where none could be read. */
export function amountOf(draft: Pick<Draft, 'amount' | 'currency'>): Money | undefined {
  if (!draft.amount || !draft.currency) return undefined;
  try {
    return money(draft.amount, draft.currency);
  } catch (error) {
    // A currency with fewer decimals than what was read: the person decides.
    if (error instanceof NotAnAmount) return undefined;
    throw error;
  }
}

export function valuesOf(draft: Draft, fallbackAccountId: string, locale: string): DraftValues {
  const amount = amountOf(draft);
  return {
    payee: draft.payee,
    direction: amount && amount.minor > 0n ? 'in' : 'out',
    amount: amount
      ? toInput(amount, locale)
      : decimalToInput((draft.amount ?? '').replace('-', ''), locale),
    date: draft.date ?? '',
    accountId: draft.account_id ?? fallbackAccountId,
    // A suggestion that is not sure is shown beside the field, never in it.
    categoryId: draft.category_id ?? '',
    description: draft.description,
  };
}

/** Only what differs from the draft: what was left alone is not "corrected", what was emptied is null. */
export function changeOf(draft: Draft, values: DraftValues, size: Money): DraftChange {
  const amount = toDecimal(values.direction === 'in' ? absolute(size) : negate(absolute(size)));
  const wanted = {
    payee: values.payee.trim(),
    amount,
    currency: size.currency,
    date: values.date,
    account_id: values.accountId,
    category_id: values.categoryId,
    description: values.description.trim(),
  };
  const known: Record<string, string | null> = pick(draft);
  return Object.fromEntries(
    Object.entries(wanted)
      .filter(([name, value]) => value !== (known[name] ?? ''))
      .map(([name, value]) => [name, value || null]),
  );
}

function pick(draft: Draft) {
  const { payee, amount, currency, date, account_id, category_id, description } = draft;
  return { payee, amount, currency, date, account_id, category_id, description };
}

export function isWaiting({ status }: Pick<Draft, 'status'>): boolean {
  return status === 'pending' || status === 'ready';
}

/** Waiting drafts that can't be booked where they stand: without an account, or in another currency. */
export function needyDrafts(
  drafts: readonly Draft[],
  accounts: readonly { readonly id: string; readonly currency: string }[],
): Draft[] {
  const currencies = new Map(accounts.map(({ id, currency }) => [id, currency]));
  return drafts.filter((draft) => {
    const own = currencies.get(draft.account_id ?? '');
    return isWaiting(draft) && (!own || (draft.currency !== null && draft.currency !== own));
  });
}

/** How a document ended: no draft of it waits any more, which does not mean that it is in the books. */
export type Ending = 'booked' | 'partly' | 'rejected' | 'empty';

export function endingOf({
  draft_count: count,
  drafts_booked: booked,
}: Pick<Document, 'draft_count' | 'drafts_booked'>): Ending {
  if (count === 0) return 'empty';
  if (booked === 0) return 'rejected';
  return booked < count ? 'partly' : 'booked';
}

/** The matches that a person is asked about before the draft is booked once more. */
export function likelyMatches(
  matches: readonly TransactionMatch[],
  { kind }: Pick<Document, 'kind'>,
): TransactionMatch[] {
  // A bank shows each of its lines once: another line of a statement is another transaction.
  const isOther = ({ from_bank: fromBank, transaction }: TransactionMatch) =>
    kind === 'statement' && fromBank && transaction.status !== 'pending';
  return matches.filter((match) => match.likely && !isOther(match));
}

export const steps = ['received', 'extracting', 'extracted', 'ready'] as const;

/** How many of the four steps to a reviewable document are done, 0 to 4. */
export function stepsDone(status: Document['status']): number {
  if (status === 'accepted') return steps.length;
  const at = steps.findIndex((step) => step === status);
  return at === -1 ? 0 : at + 1;
}

export function isUnderWay({ status }: Pick<Document, 'status'>): boolean {
  return status === 'received' || status === 'extracting' || status === 'extracted';
}
