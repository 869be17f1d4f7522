import { Trans, useLingui } from '@lingui/react/macro';
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { Problem } from '@/api/problem';
import { describe } from '@/api/words';
import { LinkButton } from '@/ui/Button';
import { Empty } from '@/ui/Empty';
import { ErrorState } from '@/ui/ErrorState';
import { Skeleton, SkeletonRows } from '@/ui/Skeleton';

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  if (error instanceof Problem && error.status === 404) return <NotFoundPage />;
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <div className="grid min-h-[60dvh] place-items-center">
      <h1 className="sr-only">{describe(error).title}</h1>
      <ErrorState {...describe(error)} onRetry={retry} />
    </div>
  );
}

/** Before there is a shell around the page. */
export function ErrorOutside(props: ErrorComponentProps) {
  return (
    <main>
      <ErrorPage {...props} />
    </main>
  );
}

export function NotFoundPage() {
  const { t } = useLingui();
  return (
    <div className="grid min-h-[60dvh] place-items-center">
      <h1 className="sr-only">{t`Not found`}</h1>
      <Empty
        icon={Compass}
        title={t`There is nothing at this address`}
        action={
          <LinkButton to="/" variant="primary">
            <Trans>Go to the overview</Trans>
          </LinkButton>
        }
      >
        <Trans>The link may be old, or what it showed was deleted.</Trans>
      </Empty>
    </div>
  );
}

/** Before there is a shell around the page. */
export function PendingOutside() {
  return (
    <main className="mx-auto w-full max-w-[80rem] px-4 py-5 sm:px-8 sm:py-8">
      <PendingPage />
    </main>
  );
}

export function PendingPage() {
  const { t } = useLingui();
  return (
    <div aria-busy aria-label={t`Loading`} role="status">
      <Skeleton className="mb-6 h-8 w-48" />
      <div className="rounded-card border border-line bg-surface px-5 py-2">
        <SkeletonRows rows={6} />
      </div>
    </div>
  );
}
