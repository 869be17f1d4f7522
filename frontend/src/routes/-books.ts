import { useSuspenseQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { accountsQuery } from '@/features/accounts/queries';
import { choiceGroups, namesById } from '@/features/categories/model';
import { categoriesQuery } from '@/features/categories/queries';

/** Accounts and categories as names and choices: features get them from here, not from one another. */
export function useBooks() {
  const [accounts, categories] = useSuspenseQueries({ queries: [accountsQuery, categoriesQuery] });
  return useMemo(() => {
    const open = accounts.data.items.filter(({ closed }) => !closed);
    return {
      accountNames: namesOf(accounts.data.items),
      accountChoices: open.map(({ id, name, currency }) => ({
        id,
        label: name,
        detail: currency,
        currency,
      })),
      categoryNames: namesById(categories.data.items),
      categoryGroups: choiceGroups(categories.data.items),
    };
  }, [accounts.data, categories.data]);
}

function namesOf(named: readonly { id: string; name: string }[]): ReadonlyMap<string, string> {
  return new Map(named.map(({ id, name }) => [id, name]));
}
