import { i18n } from '@lingui/core';
import { I18nProvider } from '@lingui/react';
import { useLingui } from '@lingui/react';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { I18nProvider as RegionProvider } from 'react-aria-components';
import { Toasts } from '@/ui/Toast';
import { regionalLocale, type Language } from './i18n';
import type { AppRouter } from './router';

export function App({ cache, router }: { cache: QueryClient; router: AppRouter }) {
  return (
    <I18nProvider i18n={i18n}>
      <Region>
        <QueryClientProvider client={cache}>
          <RouterProvider router={router} />
          <Toasts />
        </QueryClientProvider>
      </Region>
    </I18nProvider>
  );
}

function Region({ children }: { children: ReactNode }) {
  const language = useLingui().i18n.locale as Language;
  return <RegionProvider locale={regionalLocale(language)}>{children}</RegionProvider>;
}
