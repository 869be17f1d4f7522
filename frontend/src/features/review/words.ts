import type { MessageDescriptor } from '@lingui/core';
import { msg, t } from '@lingui/core/macro';
import type { Document, DocumentStatus } from '@/api/generated/model';
import { formatShare } from '@/lib/money/format';
import type { LeftOut } from './booking';
import { endingOf } from './model';

export const statusNames: Record<Exclude<DocumentStatus, 'accepted'>, MessageDescriptor> = {
  received: msg`Received`,
  extracting: msg`Reading`,
  extracted: msg`Finding categories`,
  ready: msg`Ready for review`,
  failed: msg`Could not be read`,
};

/** Where a document stands; of one that is decided, whether it is in the books. */
export function statusOf(document: Document): MessageDescriptor {
  if (document.status !== 'accepted') return statusNames[document.status];
  const { drafts_booked: booked, draft_count: count } = document;
  switch (endingOf(document)) {
    case 'booked':
      return msg`Booked`;
    case 'partly':
      return msg`${booked} of ${count} booked`;
    case 'rejected':
      return msg`Rejected`;
    case 'empty':
      return msg`Nothing to book`;
  }
}

/** Who proposes a category; a source of a later version is shown as it is. */
const sourceNames: Readonly<Record<string, MessageDescriptor>> = {
  rule: msg`Your rule`,
  memory: msg`Learnt from you`,
  lexicon: msg`Lexicon`,
  model: msg`Model`,
  gemini: msg`Gemini`,
};

export function sourceOf(source: string): MessageDescriptor | string {
  return sourceNames[source] ?? source;
}

/** A confidence of 0 to 1 as a whole percentage, rounded down: 0.999 is not certain. */
export function formatConfidence(confidence: number, locale: string): string {
  return formatShare(Math.floor(confidence * 100) * 10, locale);
}

/** Why a line still waits. */
export function leftOutWords({ code, detail }: LeftOut): string {
  switch (code) {
    case 'doubtful':
      return t`It may be booked already: open it to decide.`;
    case 'deleted_before':
      return t`You deleted it before.`;
    case 'ACCOUNT_CLOSED':
      return t`Its account is closed.`;
    case 'ACCOUNT_CURRENCY_MISMATCH':
    case 'CURRENCY_MISMATCH':
      return t`It is in another currency than its account.`;
    default:
      return detail || t`It was not booked.`;
  }
}

export const stepNames: Record<
  'received' | 'extracting' | 'extracted' | 'ready',
  MessageDescriptor
> = {
  received: msg`Received`,
  extracting: msg`Reading`,
  extracted: msg`Read`,
  ready: msg`Ready`,
};

/** What a field is called beside its box; a name the reader invents later is shown as it is. */
export const fieldLabels: Readonly<Record<string, MessageDescriptor>> = {
  payee: msg`Payee`,
  merchant: msg`Payee`,
  amount: msg`Amount`,
  total: msg`Total`,
  subtotal: msg`Subtotal`,
  tax: msg`Tax`,
  tip: msg`Tip`,
  discount: msg`Discount`,
  date: msg`Date`,
  time: msg`Time`,
  currency: msg`Currency`,
  description: msg`Description`,
  item: msg`Item`,
  bank_reference: msg`Bank reference`,
};
