import { Trans } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { Logo } from '@/ui/Logo';

/** The frame of the pages before there are books to show. */
export function Welcome({
  title,
  detail,
  children,
  footer,
}: {
  title: string;
  detail: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
}) {
  return (
    <div className="flex min-h-dvh flex-col bg-page">
      <header className="flex items-center gap-2.5 px-5 py-5 sm:px-8">
        <Logo />
        <span className="text-md font-semibold">
          <Trans>Personal Finance</Trans>
        </span>
      </header>
      <main className="mx-auto flex w-full max-w-[27rem] grow flex-col justify-center px-5 pb-20">
        <h1 className="text-2xl font-semibold tracking-tight text-balance">{title}</h1>
        <p className="mt-2 mb-7 text-base text-pretty text-text-2">{detail}</p>
        <div className="rounded-sheet border border-line bg-surface p-5 shadow-card sm:p-6">
          {children}
        </div>
        {footer ? <p className="mt-6 text-center text-md text-text-2">{footer}</p> : null}
      </main>
    </div>
  );
}
