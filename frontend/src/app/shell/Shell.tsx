import { Trans } from '@lingui/react/macro';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useEffect } from 'react';
import { followEvents } from '@/api/live';
import { accountsQuery } from '@/features/accounts/queries';
import { CurrenciesOfBook } from '@/ui/money';
import { NavRail, TabBar, TopBar } from './Navigation';
import { SessionDialog } from './SessionDialog';

/** What stands around every page of a person who is signed in. */
export function Shell() {
  const cache = useQueryClient();
  useEffect(() => followEvents(cache), [cache]);
  const { data: accounts } = useQuery(accountsQuery);
  const currencies = accounts?.items.map(({ currency }) => currency) ?? [];
  return (
    <CurrenciesOfBook currencies={currencies}>
      <div className="min-h-dvh sm:ps-16 lg:ps-60">
        <a
          href="#main"
          className="fixed start-3 top-3 z-50 -translate-y-20 rounded-control bg-accent px-4 py-2 text-md font-medium text-on-accent focus:translate-y-0"
        >
          <Trans>Skip to the content</Trans>
        </a>
        <TopBar />
        <NavRail />
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto w-full max-w-[80rem] px-4 pt-5 pb-[calc(var(--tab-bar)+1.5rem)] sm:px-6 sm:pt-8 sm:pb-12 lg:px-8"
        >
          <Outlet />
        </main>
        <TabBar />
        <SessionDialog />
      </div>
    </CurrenciesOfBook>
  );
}
