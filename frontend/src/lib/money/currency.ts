/** ISO 4217 minor-unit exponents that are not 2. CLDR, which Intl follows, differs for a few (IQD, LAK). */
const exponents: Readonly<Record<string, number>> = {
  BHD: 3,
  BIF: 0,
  CLF: 4,
  CLP: 0,
  DJF: 0,
  GNF: 0,
  IQD: 3,
  ISK: 0,
  JOD: 3,
  JPY: 0,
  KMF: 0,
  KRW: 0,
  KWD: 3,
  LYD: 3,
  OMR: 3,
  PYG: 0,
  RWF: 0,
  TND: 3,
  UGX: 0,
  UYI: 0,
  UYW: 4,
  VND: 0,
  VUV: 0,
  XAF: 0,
  XOF: 0,
  XPF: 0,
};

/** How many decimals an amount of this currency has. */
export function exponentOf(currency: string): number {
  return exponents[currency] ?? 2;
}

/** Offered first where a currency is chosen; every other ISO code can be typed. */
const common = ['EUR', 'USD', 'GBP', 'CHF', 'JPY', 'CAD', 'AUD', 'SEK', 'PLN', 'INR'];

/** ISO codes this browser can name, the common ones first. */
export function currencyCodes(): string[] {
  const known = Intl.supportedValuesOf('currency');
  const rest = known.filter((code) => !common.includes(code));
  return [...common, ...rest];
}

/** "Euro" for EUR, in the language given; the code itself where there is no name. */
export function currencyName(currency: string, locale: string): string {
  return new Intl.DisplayNames(locale, { type: 'currency' }).of(currency) ?? currency;
}

const byRegion: Readonly<Record<string, string>> = {
  AU: 'AUD',
  CA: 'CAD',
  CH: 'CHF',
  CZ: 'CZK',
  DK: 'DKK',
  GB: 'GBP',
  IN: 'INR',
  JP: 'JPY',
  NO: 'NOK',
  PL: 'PLN',
  SE: 'SEK',
  US: 'USD',
};

/** A first guess for a person whose browser speaks this locale; EUR where the region says nothing. */
export function likelyCurrency(locale: string): string {
  return byRegion[new Intl.Locale(locale).maximize().region ?? ''] ?? 'EUR';
}
