import { describe, expect, test } from 'vitest';
import { inMonth, isFiltered, pagesFor, periods, RowMap } from './model';

const months = [
  { month: '2026-11', count: 3, sums: [] },
  { month: '2026-10', count: 250, sums: [] },
  { month: '2026-08', count: 1, sums: [] },
];

describe('the map of rows', () => {
  const map = new RowMap(months);

  test('counts a heading for every month', () => {
    expect(map.rows).toBe(3 + 250 + 1 + 3);
  });

  test('every row is a heading or an entry of its month, in order', () => {
    const read = Array.from({ length: map.rows }, (_, row) => map.at(row));
    const expected = months.flatMap((month) => {
      const offsets = Array.from({ length: month.count }, (_, offset) => offset);
      const entries = offsets.map((offset) => ({ kind: 'entry', month, offset }));
      return [{ kind: 'month', month }].concat(entries);
    });
    expect(read).toEqual(expected);
  });

  test('a list of nothing has no rows', () => {
    expect(new RowMap([]).rows).toBe(0);
    expect(() => new RowMap([]).at(0)).toThrow(RangeError);
  });

  test('rows need their pages once, headings none', () => {
    expect(pagesFor(map, [0, 1, 2, 3, 4, 5, 104, 105])).toEqual([
      { month: '2026-11', page: 0 },
      { month: '2026-10', page: 0 },
      { month: '2026-10', page: 1 },
    ]);
  });
});

describe('filters', () => {
  test('a month is asked for only within the period that is filtered', () => {
    expect(inMonth({ q: 'rewe', from: '2026-10-15', to: '2026-11-10' }, '2026-10')).toEqual({
      q: 'rewe',
      from: '2026-10-15',
      to: '2026-10-31',
      limit: 100,
    });
  });

  test('empty values are no filter', () => {
    expect(isFiltered({ q: '', account_id: undefined })).toBe(false);
    expect(isFiltered({ q: 'x' })).toBe(true);
  });

  test('periods end where their months end', () => {
    expect(periods('2026-03')[2]).toEqual({
      id: 'last-month',
      from: '2026-02-01',
      to: '2026-02-28',
    });
  });
});
