import type { MessageDescriptor } from '@lingui/core';
import { useLingui } from '@lingui/react';
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, Outlet, useMatches } from '@tanstack/react-router';
import { useEffect } from 'react';

interface RouterContext {
  readonly cache: QueryClient;
}

declare module '@tanstack/react-router' {
  interface StaticDataRouteOption {
    /** Names the page, in the window's title and to screen readers. */
    title?: MessageDescriptor;
  }
}

export const Route = createRootRouteWithContext<RouterContext>()({ component: Root });

function Root() {
  return (
    <>
      <Outlet />
      <RouteTitle />
    </>
  );
}

/** A page that changes without loading says its new name. */
function RouteTitle() {
  const { i18n } = useLingui();
  const title = useMatches({
    select: (matches) => matches.findLast((match) => match.staticData.title)?.staticData.title,
  });
  const words = title ? i18n._(title) : '';
  useEffect(() => {
    document.title = words ? `${words} · Personal Finance` : 'Personal Finance';
  }, [words]);
  return (
    <p role="status" className="sr-only">
      {words}
    </p>
  );
}
