import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { offerSignIn } from '@/api/session';
import { meQuery } from '@/features/auth/queries';

// Needed by few and late: kept out of what the first page loads.
const Dialog = lazy(async () => ({ default: (await import('@/ui/Dialog')).Dialog }));
const SignInForm = lazy(async () => ({
  default: (await import('@/features/auth/components/SignInForm')).SignInForm,
}));

/** An ended session is taken up again over the page, and what was being done goes on. */
export function SessionDialog() {
  const { t } = useLingui();
  const [isOpen, setOpen] = useState(false);
  const answer = useRef<PromiseWithResolvers<boolean>>(undefined);
  const { data: person } = useQuery({ ...meQuery, enabled: false });

  useEffect(
    () =>
      offerSignIn(() => {
        answer.current ??= Promise.withResolvers<boolean>();
        setOpen(true);
        return answer.current.promise;
      }),
    [],
  );

  const close = (isIn: boolean) => {
    answer.current?.resolve(isIn);
    answer.current = undefined;
    setOpen(false);
  };

  if (!isOpen) return null;
  return (
    <Suspense>
      <Dialog title={t`Sign in to go on`} place="middle" isOpen onClose={() => close(false)}>
        <p className="mb-5 text-md text-text-2">
          <Trans>Your session ended. What you were doing is still here.</Trans>
        </p>
        <SignInForm email={person?.email ?? ''} onDone={() => close(true)} />
      </Dialog>
    </Suspense>
  );
}
