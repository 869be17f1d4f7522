import { describe, expect, test } from 'vitest';
import { exponentOf } from './currency';
import { readAmount } from './expression';
import { formatMoney } from './format';
import { money, NotAnAmount, sumByCurrency, thousandths, toDecimal } from './money';

describe('an amount', () => {
  test.each([
    ['-48.19', 'EUR'],
    ['0.00', 'EUR'],
    ['0.05', 'USD'],
    ['-0.05', 'USD'],
    ['1234567890', 'JPY'],
    ['1.005', 'KWD'],
    ['90071992547409931.23', 'EUR'],
  ])('%s %s comes back as it went in', (text, currency) => {
    expect(toDecimal(money(text, currency))).toBe(text);
  });

  test.each(['', '1,50', '1e3', '1.234', '--1', 'NaN', ' 1'])('"%s" is refused', (text) => {
    expect(() => money(text, 'EUR')).toThrow(NotAnAmount);
  });

  test('sums never cross currencies', () => {
    const sums = sumByCurrency([money('1.10', 'EUR'), money('2', 'JPY'), money('-0.20', 'EUR')]);
    expect(sums).toEqual([money('0.90', 'EUR'), money('2', 'JPY')]);
  });

  test('a share of nothing is nothing', () => {
    expect(thousandths(money('5.00', 'EUR'), money('0.00', 'EUR'))).toBe(0);
    expect(thousandths(money('-1.00', 'EUR'), money('3.00', 'EUR'))).toBe(333);
  });

  test('exponents follow ISO 4217, also where CLDR does not', () => {
    expect([exponentOf('EUR'), exponentOf('JPY'), exponentOf('KWD'), exponentOf('IQD')]).toEqual([
      2, 0, 3, 3,
    ]);
  });
});

describe('on screen', () => {
  test('minus is U+2212 and sticks to the locale', () => {
    expect(formatMoney(money('-48.19', 'EUR'), 'en-GB')).toBe('−€48.19');
    expect(formatMoney(money('-48.19', 'EUR'), 'de-DE')).toBe('−48,19\u00a0€');
  });

  test('every digit of a large amount is kept', () => {
    expect(formatMoney(money('90071992547409931.23', 'EUR'), 'en-GB')).toBe(
      '€90,071,992,547,409,931.23',
    );
  });

  test('zero has no sign', () => {
    expect(formatMoney(money('0.00', 'EUR'), 'en-GB', { sign: 'always' })).toBe('€0.00');
  });

  test('currencies keep their own decimals and groups', () => {
    expect(formatMoney(money('1234', 'JPY'), 'en-GB')).toBe('¥1,234');
    expect(formatMoney(money('1.500', 'KWD'), 'en-GB', { currency: 'none' })).toBe('1.500');
    expect(formatMoney(money('1234567.00', 'INR'), 'en-IN')).toBe('₹12,34,567.00');
    expect(formatMoney(money('1234567.05', 'CHF'), 'de-CH')).toBe("CHF\u00a01'234'567.05");
  });
});

describe('what is typed into an amount', () => {
  const read = (text: string, locale = 'en-GB', currency = 'EUR') => {
    const reading = readAmount(text, currency, locale);
    return reading.kind === 'amount' ? toDecimal(reading.money) : reading;
  };

  test.each([
    ['12', '12.00'],
    ['12.5', '12.50'],
    ['12,50', '12.50'],
    ['1,234.50', '1234.50'],
    ['1.234,50', '1234.50'],
    ['1 234,50', '1234.50'],
    ["1'234.50", '1234.50'],
    ['1,234,567', '1234567.00'],
    ['12+3,50', '15.50'],
    ['90/2', '45.00'],
    ['(20+4)*50%', '12.00'],
    ['10/3', '3.33'],
    ['0.125', '0.12'],
    ['0.135', '0.14'],
    ['−4.50', '-4.50'],
    ['.5', '0.50'],
    ['3--2', '5.00'],
  ])('%s is %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test('one separator before three digits is read by locale, and said', () => {
    expect(readAmount('1.234', 'EUR', 'de-DE')).toEqual({
      kind: 'amount',
      money: money('1234.00', 'EUR'),
      ambiguous: true,
    });
    expect(read('1.234', 'en-GB', 'KWD')).toBe('1.234');
    expect(read('1,234', 'en-GB')).toBe('1234.00');
  });

  test('nothing typed is not an error', () => {
    expect(read('  ')).toEqual({ kind: 'empty' });
  });

  test.each([
    ['12+', 3],
    ['abc', 0],
    ['4/0', 1],
    ['(4', 2],
    ['4)', 1],
    ['1.2.3,4,5', 0],
  ])('%s is unreadable at %i', (text, at) => {
    expect(read(text)).toEqual({ kind: 'unreadable', at });
  });
});
