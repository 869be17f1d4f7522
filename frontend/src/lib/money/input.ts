import { separators } from './format';
import { absolute, toDecimal, type Money } from './money';

/** The mark before the decimals in an amount field: the locale's own where it is a point or a comma. */
export function decimalMark(locale: string): '.' | ',' {
  return plainDigits(separators(locale).decimal) === ',' ? ',' : '.';
}

/**
 * The size of an amount as a person of this locale would type it: with the locale's decimal mark, all
 * decimals and no grouping. `readAmount` of it, in the same locale, is the amount again.
 */
export function toInput(value: Money, locale: string): string {
  return decimalToInput(toDecimal(absolute(value)), locale);
}

/** As `toInput`, for a plain decimal whose currency is not known. */
export function decimalToInput(decimal: string, locale: string): string {
  return decimal.replace('.', decimalMark(locale));
}

/** Zeros of the decimal digits that keyboards of our locales write, besides ASCII. */
const zeros = [0x0660, 0x06f0, 0x0966, 0x09e6, 0xff10];

/** ASCII digits and marks for those of other scripts; every character stays at its place. */
export function plainDigits(text: string): string {
  return Array.from(text, plain).join('');
}

function plain(character: string): string {
  if (character === '\u066b') return '.';
  if (character === '\u066c') return ',';
  const code = character.charCodeAt(0);
  const zero = zeros.find((one) => code >= one && code < one + 10);
  return zero === undefined ? character : String(code - zero);
}
