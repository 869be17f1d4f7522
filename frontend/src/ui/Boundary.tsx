import { useQueryErrorResetBoundary } from '@tanstack/react-query';
import { CatchBoundary } from '@tanstack/react-router';
import { Suspense, type ReactNode } from 'react';

interface BoundaryProps {
  /** Changing it tries again. */
  of: string;
  pending: ReactNode;
  failed: (error: unknown, retry: () => void) => ReactNode;
  children: ReactNode;
}

/** A part of a page that loads, fails and retries by itself. */
export function Boundary({ of, pending, failed, children }: BoundaryProps) {
  const { reset: forget } = useQueryErrorResetBoundary();
  return (
    <CatchBoundary
      getResetKey={() => of}
      errorComponent={({ error, reset }) =>
        failed(error, () => {
          forget();
          reset();
        })
      }
    >
      <Suspense fallback={pending}>{children}</Suspense>
    </CatchBoundary>
  );
}
