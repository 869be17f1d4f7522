import { exponentOf } from './currency';

/** An exact amount: a whole count of the currency's minor unit. */
export interface Money {
  readonly minor: bigint;
  readonly currency: string;
}

export class NotAnAmount extends Error {
  constructor(readonly text: string) {
    super(`"${text}" is not a decimal amount`);
  }
}

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/;

/** From the API's decimal string. Raises NotAnAmount, also on more decimals than the currency has. */
export function money(text: string, currency: string): Money {
  const exponent = exponentOf(currency);
  const [, sign, whole, fraction = ''] = decimal.exec(text) ?? [];
  if (whole === undefined || fraction.length > exponent) throw new NotAnAmount(text);
  const minor = BigInt(whole + fraction.padEnd(exponent, '0'));
  return { minor: sign === '-' ? -minor : minor, currency };
}

/** The plain ASCII decimal: what the API takes and what is copied. */
export function toDecimal({ minor, currency }: Money): string {
  const exponent = exponentOf(currency);
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  const sign = minor < 0n ? '-' : '';
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

export function negate(value: Money): Money {
  return { minor: -value.minor, currency: value.currency };
}

export function absolute(value: Money): Money {
  return value.minor < 0n ? negate(value) : value;
}

/** One sum for each currency, in the order in which the currencies first appear. */
export function sumByCurrency(values: Iterable<Money>): Money[] {
  const sums = new Map<string, bigint>();
  for (const { minor, currency } of values) {
    sums.set(currency, (sums.get(currency) ?? 0n) + minor);
  }
  return Array.from(sums, ([currency, minor]) => ({ minor, currency }));
}

/** `part` of `whole` in thousandths, rounded down; 0 where there is no whole. For bar lengths and shares. */
export function thousandths(part: Money, whole: Money): number {
  if (whole.minor === 0n) return 0;
  return Number((absolute(part).minor * 1000n) / absolute(whole).minor);
}

/** In major units and only nearly: for lengths in a chart, never for a figure that is read. */
export function nearly(value: Money): number {
  return Number(value.minor) / 10 ** exponentOf(value.currency);
}
