import { describe, expect, test } from 'vitest';
import { money } from '@/lib/money/money';
import { draft as draftOf } from '@/testing/fixtures';
import { changeOf, readFields, stepsDone, valuesOf } from './model';

const draft = draftOf({
  suggestions: [{ category_id: 'groceries', confidence: 0.9, source: 'memory' }],
  fields: [
    { name: 'total', text: '48,19', value: '48.19', page: 1, box: null, confidence: 0.55, line: 0 },
    { name: 'tax', text: '3,15', value: '3.15', page: 1, box: null, confidence: 0.3, line: 0 },
  ],
});

describe('a draft in the form', () => {
  test('shows its amount without a sign, which the direction carries', () => {
    expect(valuesOf(draft, 'a1', 'en-GB')).toMatchObject({ amount: '48.19', direction: 'out' });
  });

  test('takes the account that is offered', () => {
    expect(valuesOf(draft, 'a1', 'en-GB').accountId).toBe('a1');
  });

  test('has the category that was applied, and none that is only suggested', () => {
    expect(valuesOf(draft, 'a1', 'en-GB').categoryId).toBe('');
    const applied = { ...draft, category_id: 'groceries' };
    expect(valuesOf(applied, 'a1', 'en-GB').categoryId).toBe('groceries');
  });

  test('shows its amount with the decimal mark of the reader', () => {
    const dinar = { ...draft, amount: '-1.500', currency: 'KWD' };
    expect(valuesOf(dinar, 'a1', 'de-DE').amount).toBe('1,500');
    expect(valuesOf({ ...dinar, currency: '' }, 'a1', 'de-DE').amount).toBe('1,500');
  });

  test('with nothing read it is empty, not wrong', () => {
    const blank = { ...draft, amount: null, date: null, payee: '' };
    expect(valuesOf(blank, '', 'en-GB')).toMatchObject({ amount: '', date: '', payee: '' });
  });
});

describe('what is sent of a correction', () => {
  const values = valuesOf(draft, 'a1', 'en-GB');

  test('only what differs', () => {
    expect(changeOf(draft, { ...values, payee: 'REWE City' }, money('48.19', 'EUR'))).toEqual({
      payee: 'REWE City',
      account_id: 'a1',
    });
  });

  test('what was emptied is null', () => {
    const known = { ...draft, account_id: 'a1', category_id: 'food', category_chosen: true };
    const emptied = { ...valuesOf(known, '', 'en-GB'), categoryId: '', description: '' };
    expect(changeOf(known, emptied, money('48.19', 'EUR'))).toEqual({ category_id: null });
    const noted = { ...known, description: 'for two' };
    expect(changeOf(noted, { ...emptied, categoryId: 'food' }, money('48.19', 'EUR'))).toEqual({
      description: null,
    });
  });

  test('a category that was filled in and is taken out is null', () => {
    const emptied = { ...values, accountId: '', categoryId: '' };
    const applied = { ...draft, category_id: 'groceries' };
    expect(changeOf(applied, emptied, money('48.19', 'EUR'))).toEqual({ category_id: null });
    expect(changeOf(draft, emptied, money('48.19', 'EUR'))).toEqual({});
  });

  test('another direction is another amount', () => {
    const change = changeOf(draft, { ...values, direction: 'in' }, money('48.19', 'EUR'));
    expect(change.amount).toBe('48.19');
  });
});

test('only what will be booked is doubted', () => {
  expect(readFields(draft).map(({ target, isDoubtful }) => [target, isDoubtful])).toEqual([
    ['amount', true],
    [undefined, false],
  ]);
});

test('the steps of a document count up to ready', () => {
  const counts = (
    ['received', 'extracting', 'extracted', 'ready', 'accepted', 'failed'] as const
  ).map(stepsDone);
  expect(counts).toEqual([1, 2, 3, 4, 4, 0]);
});
