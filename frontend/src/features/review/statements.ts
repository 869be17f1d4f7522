import type { Draft } from '@/api/generated/model';
import { isWaiting } from './model';

/** The drafts of one account of a bank file that have no account of the book yet. */
export interface Unplaced {
  /** As the file names the account; null where it holds one account only. */
  readonly name: string | null;
  readonly drafts: readonly Draft[];
}

/** By account of the file, in its order. Each is given an account of its own: one choice for all
 * would book the lines of one account into another. */
export function unplaced(drafts: readonly Draft[]): readonly Unplaced[] {
  const without = drafts.filter((draft) => isWaiting(draft) && draft.account_id === null);
  const names = [...new Set(without.map(({ statement_account: name }) => name))];
  return names.map((name) => ({
    name,
    drafts: without.filter(({ statement_account: own }) => own === name),
  }));
}
