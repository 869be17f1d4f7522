import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { render } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { Suspense, type ReactNode } from 'react';
import { I18nProvider as RegionProvider } from 'react-aria-components';
import { App } from '@/app/App';
import { createCache } from '@/app/cache';
import { createAppRouter } from '@/app/router';
import { messages as german } from '@/locales/de.po';
import { messages as english } from '@/locales/en.po';
import { Toasts } from '@/ui/Toast';

export interface RenderOptions {
  /** Language and region: `de-CH` shows the German texts and Swiss numbers. */
  locale?: string;
  /** The address at which the part is shown. */
  path?: string;
}

function speak(locale: string): void {
  const language = locale.startsWith('de') ? 'de' : 'en';
  i18n.load(language, language === 'de' ? german : english);
  i18n.activate(language, [locale]);
}

/** The cache of the app. A failed query fails at once: no test waits for a second attempt. */
export function testCache(): QueryClient {
  const cache = createCache();
  const defaults = cache.getDefaultOptions();
  cache.setDefaultOptions({ ...defaults, queries: { ...defaults.queries, retry: false } });
  return cache;
}

/**
 * Shows one component inside everything it may need: texts, region, query cache, router and toasts.
 * The router knows no page: a link that is followed shows nothing, and `router` tells where it went.
 */
export async function renderPart(
  part: ReactNode,
  { locale = 'en-GB', path = '/' }: RenderOptions = {},
) {
  speak(locale);
  const cache = testCache();
  const root = createRootRouteWithContext<{ cache: QueryClient }>()();
  const here = createRoute({
    getParentRoute: () => root,
    path: path.split('?')[0] ?? '/',
    component: () => <Suspense>{part}</Suspense>,
  });
  const elsewhere = createRoute({ getParentRoute: () => root, path: '$', component: () => null });
  const router = createRouter({
    routeTree: root.addChildren([here, elsewhere]),
    context: { cache },
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  await router.load();
  const view = render(
    <I18nProvider i18n={i18n}>
      <RegionProvider locale={locale}>
        <QueryClientProvider client={cache}>
          <RouterProvider router={router as never} />
          <Toasts />
        </QueryClientProvider>
      </RegionProvider>
    </I18nProvider>,
  );
  return { ...view, user: userEvent.setup(), cache, router };
}

/** Shows the whole app at an address: routes, shell and all. The test answers every request. */
export async function renderApp(path: string, { locale = 'en-GB' }: { locale?: string } = {}) {
  speak(locale);
  const cache = testCache();
  const router = createAppRouter(cache, createMemoryHistory({ initialEntries: [path] }));
  const view = render(<App cache={cache} router={router} />);
  return { ...view, user: userEvent.setup(), cache, router };
}
