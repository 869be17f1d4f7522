import { describe, expect, test } from 'vitest';
import { currencyCodes } from './currency';
import { readAmount } from './expression';
import { decimalMark, toInput } from './input';
import { toDecimal } from './money';

/** Every region of the languages of the app, and others for their marks, digits and grouping. */
const regions = {
  en: 'AU CA CH DE FI GB IE IN NZ SE SI US ZA ZW',
  de: 'AT BE CH DE IT LI LU',
};
const others =
  'ar-EG ar-SA bn-BD cs da es-MX fa-IR fi fr-FR fr-CH he hi-IN hi-IN-u-nu-deva it ja mr-IN nb ne-NP nl pl pt-BR sv tr zh';
const locales = [
  ...Object.entries(regions).flatMap(([language, all]) =>
    all.split(' ').map((region) => `${language}-${region}`),
  ),
  ...others.split(' '),
];
const currencies = [...currencyCodes(), 'UYW', 'CLF'];

/** The sizes at which readings differ: around every decimal, and around every group of three. */
const sizes = [0n, 1n, 5n, 12n, 100n, 123n, 1000n, 1500n, 12_345n, 123_456n, 999_999n, 1_000_000n];
const more = [1_234_567n, 1_500_000n, 150_000_000n, 123_456_789_012n, 9_007_199_254_740_993n];

describe('what a form is prefilled with is read back as the same amount', () => {
  test.each(locales)('in %s, for every currency', (locale) => {
    const wrong: string[] = [];
    for (const currency of currencies) {
      for (const minor of [...sizes, ...more]) {
        const text = toInput({ minor, currency }, locale);
        const reading = readAmount(text, currency, locale);
        const isSame = reading.kind === 'amount' && reading.money.minor === minor;
        if (!isSame || reading.ambiguous) {
          wrong.push(`${toDecimal({ minor, currency })} ${currency} became ${text}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

test('the field shows the decimal mark of the reader, and no sign', () => {
  expect(toInput({ minor: -1500n, currency: 'KWD' }, 'de-DE')).toBe('1,500');
  expect(toInput({ minor: 1500n, currency: 'KWD' }, 'de-CH')).toBe('1.500');
  expect(toInput({ minor: 123_450n, currency: 'EUR' }, 'en-GB')).toBe('1234.50');
  expect(toInput({ minor: 1500n, currency: 'JPY' }, 'de-DE')).toBe('1500');
});

test('digits and marks of other scripts are read as well', () => {
  expect(decimalMark('ar-EG')).toBe('.');
  expect(readAmount('١٬٢٣٤٫٥٠', 'EUR', 'ar-EG')).toEqual({
    kind: 'amount',
    money: { minor: 123_450n, currency: 'EUR' },
    ambiguous: false,
  });
});
