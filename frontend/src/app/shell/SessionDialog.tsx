import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { offerSignIn } from '@/api/session';
import { SignInForm } from '@/features/auth/components/SignInForm';
import { meQuery } from '@/features/auth/queries';
import { Dialog } from '@/ui/Dialog';

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

  return (
    <Dialog title={t`Sign in to go on`} place="middle" isOpen={isOpen} onClose={() => close(false)}>
      <p className="mb-5 text-md text-text-2">
        <Trans>Your session ended. What you were doing is still here.</Trans>
      </p>
      <SignInForm email={person?.email ?? ''} onDone={() => close(true)} />
    </Dialog>
  );
}
