import { render, screen } from '@testing-library/react';
import { I18nProvider } from 'react-aria-components';
import { expect, test } from 'vitest';
import { currencyCodes } from '@/lib/money/currency';
import { formatMoney, styleAmong } from '@/lib/money/format';
import { money } from '@/lib/money/money';
import { Amount, Figure } from './Amount';
import { CurrenciesOfBook, useMoney } from './money';

function Written({ text, currency }: { text: string; currency: string }) {
  const write = useMoney();
  const amount = money(text, currency);
  return (
    <p data-testid={currency}>
      <Amount money={amount} /> <Figure money={amount} /> {write.format(amount)}{' '}
      {write.axis(1000, currency)}
    </p>
  );
}

function show(book: string[], currencies: string[], locale = 'en-GB') {
  render(
    <I18nProvider locale={locale}>
      <CurrenciesOfBook currencies={book}>
        {currencies.map((currency) => (
          <Written key={currency} text="5.00" currency={currency} />
        ))}
      </CurrenciesOfBook>
    </I18nProvider>,
  );
  return (currency: string) => screen.getByTestId(currency).textContent?.replaceAll('\u00a0', ' ');
}

test('two currencies of one symbol are written by their codes, wherever an amount stands', () => {
  const text = show(['USD', 'CAD', 'EUR', 'USD'], ['USD', 'CAD', 'EUR']);
  expect(text('USD')).toBe('USD 5.00 USD 5.00 USD 5.00 USD 1k');
  expect(text('CAD')).toBe('CAD 5.00 CAD 5.00 CAD 5.00 CAD 1k');
  expect(text('EUR')).toBe('€5.00 €5.00 €5.00 €1k');
});

test('a symbol that only one currency of the book has stays', () => {
  expect(show(['USD', 'EUR'], ['USD'])('USD')).toBe('$5.00 $5.00 $5.00 $1k');
});

test('a receipt in a currency that no account has is not taken for one of the book', () => {
  expect(show(['CAD'], ['USD', 'CAD'], 'de-DE')('USD')).toContain('5,00 USD');
});

test('in a book of all currencies no two amounts read the same', () => {
  for (const locale of ['en-US', 'en-CA', 'en-AU', 'de-DE', 'de-CH']) {
    const all = currencyCodes();
    const texts = all.map((currency) =>
      formatMoney({ minor: 0n, currency }, locale, {
        currency: styleAmong(currency, all, locale),
      }).replaceAll(/[\d.,]/g, ''),
    );
    expect(new Set(texts).size).toBe(all.length);
  }
});
