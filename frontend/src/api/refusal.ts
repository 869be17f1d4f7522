import type { MessageDescriptor } from '@lingui/core';
import { i18n } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { Problem, type FieldError } from './problem';
import { describe, type ProblemWords } from './words';

export interface RefusalSummary extends ProblemWords {
  /** One line for each error that no field of the form can show. */
  readonly lines: readonly string[];
}

/** A failed request, sorted for a form: every error is in `fields` or in `summary`, none is lost. */
export interface Refusal {
  /** The server's sentence by the name of the form's field. */
  readonly fields: Readonly<Record<string, string>>;
  /** For the top of the form; undefined where the fields say everything. */
  readonly summary: RefusalSummary | undefined;
}

/**
 * `names` are the fields of the form, as the API calls them. An error whose pointer leads elsewhere
 * goes to the summary with the name of what it is about.
 */
export function refusalOf(error: unknown, names: readonly string[]): Refusal {
  if (!error) return { fields: {}, summary: undefined };
  const errors = error instanceof Problem ? error.errors : [];
  const isShown = (one: FieldError) => names.includes(fieldOf(one));
  const fields = Object.fromEntries(
    errors.filter(isShown).map((one) => [fieldOf(one), one.detail]),
  );
  const rest = errors.filter((one) => !isShown(one));
  if (errors.length > 0 && rest.length === 0) return { fields, summary: undefined };
  return { fields, summary: { ...describe(error), lines: rest.map(lineOf) } };
}

/** `/opening_balance` is the field `opening_balance`, `/splits/0/amount` is `splits`. */
function fieldOf({ pointer }: FieldError): string {
  return (pointer ?? '').replace(/^\/(body\/)?/, '').split('/')[0] ?? '';
}

function lineOf(error: FieldError): string {
  const field = fieldOf(error);
  const known = fieldNames[field];
  const name = known ? i18n._(known) : field;
  return name ? `${name}: ${error.detail}` : error.detail;
}

/** The label on screen of each field of the API. */
const fieldNames: Readonly<Record<string, MessageDescriptor>> = {
  account_id: msg`Account`,
  to_account_id: msg`To account`,
  amount: msg`Amount`,
  to_amount: msg`Amount received`,
  category_id: msg`Category`,
  currency: msg`Currency`,
  date: msg`Date`,
  description: msg`Note`,
  document_ids: msg`Documents`,
  name: msg`Name`,
  opening_balance: msg`Balance today`,
  opening_date: msg`Opening date`,
  payee: msg`Payee`,
  refund_of: msg`Refund of`,
  splits: msg`Splits`,
  status: msg`Status`,
  tags: msg`Tags`,
  type: msg`Type`,
};
