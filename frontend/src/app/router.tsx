import type { QueryClient } from '@tanstack/react-query';
import { createRouter, type RouterHistory } from '@tanstack/react-router';
import { Route as signedIn } from '@/routes/_app';
import { routeTree } from '@/routeTree.gen';
import { ErrorOutside, ErrorPage, NotFoundPage, PendingOutside, PendingPage } from './pages';
import { Shell } from './shell/Shell';

export function createAppRouter(cache: QueryClient, history?: RouterHistory) {
  // Here and not in routes/, so that routes need nothing of app.
  signedIn.update({
    component: Shell,
    errorComponent: ErrorOutside,
    pendingComponent: PendingOutside,
  });
  return createRouter({
    routeTree,
    ...(history ? { history } : {}),
    context: { cache },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingMs: 150,
    scrollRestoration: true,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    defaultPendingComponent: PendingPage,
  });
}

export type AppRouter = ReturnType<typeof createAppRouter>;

declare module '@tanstack/react-router' {
  interface Register {
    router: AppRouter;
  }
}
