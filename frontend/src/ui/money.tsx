import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { formatAxis, formatMoney, styleAmong, type MoneyFormat } from '@/lib/money/format';
import type { Money } from '@/lib/money/money';
import { useLocale } from './locale';

const Currencies = createContext<readonly string[]>([]);

/** Tells everything below it which currencies the book has, so that no symbol means two of them. */
export function CurrenciesOfBook({
  currencies,
  children,
}: {
  currencies: readonly string[];
  children: ReactNode;
}) {
  const key = [...new Set(currencies)].toSorted().join(' ');
  const value = useMemo(() => key.split(' ').filter(Boolean), [key]);
  return <Currencies value={value}>{children}</Currencies>;
}

interface MoneyWriter {
  /** The amount as text: the symbol of its currency, its code where the symbol is not its own here. */
  readonly format: (value: Money, format?: MoneyFormat) => string;
  /** A round figure on an axis. */
  readonly axis: (value: number, currency: string) => string;
}

/** Amounts in the person's locale, unambiguous in the book. */
export function useMoney(): MoneyWriter {
  const { locale } = useLocale();
  const currencies = useContext(Currencies);
  return useMemo(
    () => ({
      format: (value, format = {}) => {
        const { currency: asked = 'symbol' } = format;
        const currency =
          asked === 'symbol' ? styleAmong(value.currency, currencies, locale) : asked;
        return formatMoney(value, locale, { ...format, currency });
      },
      axis: (value, currency) =>
        formatAxis(value, currency, locale, styleAmong(currency, currencies, locale)),
    }),
    [locale, currencies],
  );
}
