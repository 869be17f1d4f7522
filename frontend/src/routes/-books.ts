import { useLingui } from '@lingui/react/macro';
import { useSuspenseQueries } from '@tanstack/react-query';
import { useMemo } from 'react';
import { isInUse } from '@/features/accounts/model';
import { accountsQuery } from '@/features/accounts/queries';
import { choiceGroups, namesById } from '@/features/categories/model';
import { categoriesQuery } from '@/features/categories/queries';

/** Accounts and categories as names and choices: features get them from here, not from one another. */
export function useBooks() {
  const [accounts, categories] = useSuspenseQueries({ queries: [accountsQuery, categoriesQuery] });
  const { t } = useLingui();
  return useMemo(() => {
    const accountChoices = accounts.data.items.map((account) => ({
      id: account.id,
      label: account.closed ? t`${account.name} (closed)` : account.name,
      detail: account.currency,
      currency: account.currency,
      isRetired: !isInUse(account),
    }));
    return {
      accountNames: namesOf(accounts.data.items),
      /** For entries that are there already: an account that is not in use is a choice of its own entries. */
      allAccountChoices: accountChoices,
      accountChoices: accountChoices.filter(({ isRetired }) => !isRetired),
      categoryNames: namesById(categories.data.items),
      categoryGroups: choiceGroups(categories.data.items),
    };
  }, [accounts.data, categories.data, t]);
}

function namesOf(named: readonly { id: string; name: string }[]): ReadonlyMap<string, string> {
  return new Map(named.map(({ id, name }) => [id, name]));
}
