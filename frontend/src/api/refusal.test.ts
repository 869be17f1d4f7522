import { i18n } from '@lingui/core';
import { beforeAll, expect, test } from 'vitest';
import { messages } from '@/locales/en.po';
import { Problem } from './problem';
import { refusalOf } from './refusal';

beforeAll(() => {
  i18n.load('en', messages);
  i18n.activate('en');
});

const refused = (errors: { pointer?: string | null; detail: string }[]) =>
  new Problem({ type: '/problems/validation-error', title: 'Refused', errors }, 422);

test('an error of a field of the form goes to the field', () => {
  const { fields, summary } = refusalOf(refused([{ pointer: '/amount', detail: 'is zero' }]), [
    'amount',
  ]);
  expect(fields).toEqual({ amount: 'is zero' });
  expect(summary).toBeUndefined();
});

test('an error that no field can show is in the summary, by name', () => {
  const errors = [
    { pointer: '/amount', detail: 'is zero' },
    { pointer: '/splits/0/amount', detail: 'do not add up' },
    { pointer: '/zebra', detail: 'is striped' },
    { pointer: '', detail: 'is no object' },
    { pointer: null, detail: 'is too late' },
  ];
  const { fields, summary } = refusalOf(refused(errors), ['amount']);
  expect(fields).toEqual({ amount: 'is zero' });
  expect(summary?.lines).toEqual([
    'Splits: do not add up',
    'zebra: is striped',
    'is no object',
    'is too late',
  ]);
});

test('a failure without errors is a summary', () => {
  expect(refusalOf(Problem.offline(), ['amount']).summary?.title).toBe('You are offline');
  expect(refusalOf(new Error('x'), []).summary?.title).toMatch(/went wrong/);
  expect(refusalOf(null, ['amount'])).toEqual({ fields: {}, summary: undefined });
});
