import { exponentOf } from './currency';
import { toDecimal, type Money } from './money';

export type SignStyle = 'negative' | 'always' | 'never';
export type CurrencyStyle = 'symbol' | 'code' | 'none';

export interface MoneyFormat {
  readonly sign?: SignStyle;
  readonly currency?: CurrencyStyle;
  readonly compact?: boolean;
}

const formatters = new Map<string, Intl.NumberFormat>();
const signDisplay = { negative: 'negative', always: 'exceptZero', never: 'never' } as const;

function formatter(locale: string, currency: string, format: MoneyFormat): Intl.NumberFormat {
  const { sign = 'negative', currency: style = 'symbol', compact = false } = format;
  const key = `${locale}|${currency}|${sign}|${style}|${compact}`;
  const known = formatters.get(key);
  if (known) return known;
  const digits = exponentOf(currency);
  const made = new Intl.NumberFormat(locale, {
    ...(style === 'none'
      ? { style: 'decimal' }
      : {
          style: 'currency',
          currency,
          currencyDisplay: style === 'code' ? 'code' : 'narrowSymbol',
        }),
    signDisplay: signDisplay[sign],
    ...(compact
      ? { notation: 'compact', maximumFractionDigits: 1, minimumFractionDigits: 0 }
      : { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  });
  formatters.set(key, made);
  return made;
}

/**
 * The amount as it is shown: exact, because Intl is given the decimal string, and with U+2212 for
 * minus where the locale's own data has a hyphen.
 */
export function formatMoney(value: Money, locale: string, format: MoneyFormat = {}): string {
  return formatter(locale, value.currency, format)
    .formatToParts(toDecimal(value) as Intl.StringNumericLiteral)
    .map((part) => (part.type === 'minusSign' && part.value === '-' ? '−' : part.value))
    .join('');
}

/** The separators this locale writes, for reading what a person types. */
export function separators(locale: string): { decimal: string; group: string } {
  const parts = new Intl.NumberFormat(locale, { useGrouping: true }).formatToParts(12345.6);
  return {
    decimal: parts.find((part) => part.type === 'decimal')?.value ?? '.',
    group: parts.find((part) => part.type === 'group')?.value ?? ',',
  };
}

/** Thousandths as a percentage, in whole per cent: 123 is "12%". */
export function formatShare(parts: number, locale: string): string {
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 }).format(
    parts / 1000,
  );
}

const symbols = new Map<string, string>();

/** The shortest way to write a currency in a locale: "$" for USD, CAD and many more. */
function narrowSymbol(currency: string, locale: string): string {
  const key = `${locale}|${currency}`;
  const known = symbols.get(key);
  if (known !== undefined) return known;
  const parts = formatter(locale, currency, {}).formatToParts(0);
  const symbol = parts.find(({ type }) => type === 'currency')?.value ?? currency;
  symbols.set(key, symbol);
  return symbol;
}

/** The symbol of a currency, or its code where another currency of the book has the same symbol. */
export function styleAmong(
  currency: string,
  currencies: Iterable<string>,
  locale: string,
): 'symbol' | 'code' {
  const symbol = narrowSymbol(currency, locale);
  for (const other of currencies) {
    if (other !== currency && narrowSymbol(other, locale) === symbol) return 'code';
  }
  return 'symbol';
}

/** A round figure on an axis, in the currency's major unit. */
export function formatAxis(
  value: number,
  currency: string,
  locale: string,
  style: 'symbol' | 'code',
): string {
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: style === 'code' ? 'code' : 'narrowSymbol',
    notation: 'compact',
    maximumFractionDigits: 1,
    minimumFractionDigits: 0,
  }).format(value);
}
