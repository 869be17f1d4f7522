import { expect, test } from 'vitest';
import { addMonths, daysOf, formatAgo, formatDay, formatMonth, monthOf, today } from './dates';

test('a calendar date is never shifted by a zone', () => {
  expect(formatDay('2026-01-01', 'en-GB')).toBe('1 Jan 2026');
  expect(formatDay('2026-12-31', 'de-DE')).toBe('31. Dez. 2026');
});

test('today is the day on the clock of the person', () => {
  expect(today(new Date(2026, 10, 2, 23, 59))).toBe('2026-11-02');
});

test('a month knows its last day', () => {
  expect(daysOf('2028-02')).toEqual({ from: '2028-02-01', to: '2028-02-29' });
  expect(daysOf('2026-11')).toEqual({ from: '2026-11-01', to: '2026-11-30' });
});

test('months go across years', () => {
  expect(addMonths('2026-01', -1)).toBe('2025-12');
  expect(addMonths('2026-12', 1)).toBe('2027-01');
  expect(monthOf('2026-11-22')).toBe('2026-11');
  expect(formatMonth('2026-11', 'en-GB')).toBe('November 2026');
});

test('instants are relative below seven days', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  expect(formatAgo('2026-11-22T11:59:40Z', 'en-GB', now)).toBe('now');
  expect(formatAgo('2026-11-22T11:57:00Z', 'en-GB', now)).toBe('3 minutes ago');
  expect(formatAgo('2026-11-21T11:57:00Z', 'en-GB', now)).toBe('yesterday');
  expect(formatAgo('2026-11-02T11:57:00Z', 'en-GB', now)).toBe('2 Nov 2026');
});
