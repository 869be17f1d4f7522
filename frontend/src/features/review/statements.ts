import type { Draft } from '@/api/generated/model';
import { needyDrafts } from './model';

/** The drafts of one account of a bank file that have no account of the book yet, or one that can't hold them. */
export interface Unplaced {
  /** As the file names the account; null where it holds one account only. */
  readonly name: string | null;
  readonly drafts: readonly Draft[];
  /** Of the amounts; an account has to be in one of them. Empty where no amount could be read. */
  readonly currencies: ReadonlySet<string>;
}

/** By account of the file, in its order. Each is given an account of its own: one choice for all
 * would book the lines of one account into another. */
export function unplaced(
  drafts: readonly Draft[],
  accounts: readonly { readonly id: string; readonly currency: string }[],
): readonly Unplaced[] {
  const needy = needyDrafts(drafts, accounts);
  const names = [...new Set(needy.map(({ statement_account: name }) => name))];
  return names.map((name) => {
    const ofOne = needy.filter(({ statement_account: own }) => own === name);
    const currencies = new Set(ofOne.flatMap(({ currency }) => currency ?? []));
    return { name, drafts: ofOne, currencies };
  });
}

export function fits({ currencies }: Pick<Unplaced, 'currencies'>, currency: string): boolean {
  return currencies.size === 0 || currencies.has(currency);
}
