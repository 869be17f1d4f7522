import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { DocumentStatus } from '@/api/generated/model';

export const statusNames: Record<DocumentStatus, MessageDescriptor> = {
  received: msg`Received`,
  extracting: msg`Reading`,
  extracted: msg`Finding categories`,
  ready: msg`Ready for review`,
  accepted: msg`Booked`,
  failed: msg`Could not be read`,
};

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
