import { exponentOf } from './currency';
import { decimalMark, plainDigits } from './input';
import type { Money } from './money';

/** What was typed into an amount field, read; `ambiguous` when one separator could mean either thing. */
export type Reading =
  | { readonly kind: 'empty' }
  | { readonly kind: 'amount'; readonly money: Money; readonly ambiguous: boolean }
  | { readonly kind: 'unreadable'; readonly at: number };

/** An exact fraction, so that a third of something is rounded once, at the end. */
interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

interface Token {
  readonly at: number;
  readonly value: Fraction | string;
  readonly ambiguous: boolean;
}

class Unreadable extends Error {
  constructor(readonly at: number) {
    super(`cannot read character ${at}`);
  }
}

const operators = '+-*/()%';
const aliases: Readonly<Record<string, string>> = {
  '−': '-',
  '–': '-',
  '×': '*',
  '÷': '/',
  ':': '/',
};

/**
 * Reads "1.234,50", "12+3,50", "90/2" or "(20+4)*50%" as an amount, half a minor unit going to even.
 * Both decimal separators are understood; where only the locale can tell, it does.
 */
export function readAmount(text: string, currency: string, locale: string): Reading {
  if (text.trim() === '') return { kind: 'empty' };
  try {
    const tokens = tokenise(plainDigits(text), decimalMark(locale), exponentOf(currency));
    const value = new Parser(tokens, text.length).parse();
    return {
      kind: 'amount',
      money: { minor: rounded(value, exponentOf(currency)), currency },
      ambiguous: tokens.some((token) => token.ambiguous),
    };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'unreadable', at: error.at };
    throw error;
  }
}

function tokenise(text: string, decimal: string, exponent: number): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = aliases[text.charAt(at)] ?? text.charAt(at);
    if (/\s/.test(character)) {
      at += 1;
    } else if (operators.includes(character)) {
      tokens.push({ at, value: character, ambiguous: false });
      at += 1;
    } else {
      const [run] = /^\d[\d.,'’\u00a0\u202f ]*|^[.,]\d+/.exec(text.slice(at)) ?? [];
      if (run === undefined) throw new Unreadable(at);
      tokens.push({ at, ...readNumber(run.trimEnd(), at, decimal, exponent) });
      at += run.length;
    }
  }
  return tokens;
}

function readNumber(
  run: string,
  at: number,
  decimal: string,
  exponent: number,
): { value: Fraction; ambiguous: boolean } {
  const bare = run.replaceAll(/['’\s\u00a0\u202f]/g, '');
  const marks = bare.replaceAll(/\d/g, '');
  const last = marks.at(-1);
  if (last === undefined) return { value: { n: BigInt(bare), d: 1n }, ambiguous: false };
  const single = marks.length === 1;
  const looksGrouped = single && /^[1-9]\d{0,2}[.,]\d{3}$/.test(bare);
  const isDecimal = single ? last === decimal || !looksGrouped : new Set(marks).size > 1;
  if (!single && isDecimal && marks.indexOf(last) !== marks.length - 1) throw new Unreadable(at);
  const whole = isDecimal ? bare.slice(0, bare.lastIndexOf(last)) : bare;
  const fraction = isDecimal ? bare.slice(bare.lastIndexOf(last) + 1) : '';
  const digits = whole.replaceAll(/[.,]/g, '') + fraction;
  return {
    value: { n: BigInt(digits === '' ? '0' : digits), d: 10n ** BigInt(fraction.length) },
    // In a currency of three decimals, the decimal mark of the locale before three digits is no riddle.
    ambiguous: looksGrouped && !(isDecimal && exponent === 3),
  };
}

/** sum := product (± product)* · product := factor (×÷ factor)* · factor := ± factor | (sum) | number %? */
class Parser {
  private next = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly end: number,
  ) {}

  parse(): Fraction {
    const value = this.sum();
    if (this.next < this.tokens.length) throw new Unreadable(this.at());
    return value;
  }

  private sum(): Fraction {
    let value = this.product();
    for (;;) {
      if (this.take('+')) value = plus(value, this.product());
      else if (this.take('-')) value = plus(value, negative(this.product()));
      else return value;
    }
  }

  private product(): Fraction {
    let value = this.factor();
    for (;;) {
      const at = this.at();
      if (this.take('*')) value = times(value, this.factor());
      else if (this.take('/')) value = times(value, inverse(this.factor(), at));
      else return value;
    }
  }

  private factor(): Fraction {
    if (this.take('-')) return negative(this.factor());
    if (this.take('+')) return this.factor();
    let value: Fraction;
    if (this.take('(')) {
      value = this.sum();
      if (!this.take(')')) throw new Unreadable(this.at());
    } else {
      const token = this.tokens[this.next];
      if (token === undefined || typeof token.value === 'string') throw new Unreadable(this.at());
      value = token.value;
      this.next += 1;
    }
    return this.take('%') ? { n: value.n, d: value.d * 100n } : value;
  }

  private take(operator: string): boolean {
    if (this.tokens[this.next]?.value !== operator) return false;
    this.next += 1;
    return true;
  }

  private at(): number {
    return this.tokens[this.next]?.at ?? this.end;
  }
}

const plus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
const times = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });
const negative = (a: Fraction): Fraction => ({ n: -a.n, d: a.d });

function inverse(a: Fraction, at: number): Fraction {
  if (a.n === 0n) throw new Unreadable(at);
  return a.n < 0n ? { n: -a.d, d: -a.n } : { n: a.d, d: a.n };
}

function rounded({ n, d }: Fraction, exponent: number): bigint {
  const scaled = (n < 0n ? -n : n) * 10n ** BigInt(exponent);
  const quotient = scaled / d;
  const twice = (scaled % d) * 2n;
  const up = twice > d || (twice === d && quotient % 2n === 1n);
  const size = up ? quotient + 1n : quotient;
  return n < 0n ? -size : size;
}
