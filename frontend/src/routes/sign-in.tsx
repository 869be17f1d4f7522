import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { createFileRoute } from '@tanstack/react-router';
import * as v from 'valibot';
import { SignInForm } from '@/features/auth/components/SignInForm';
import { Welcome } from '@/features/auth/components/Welcome';
import { TextLink } from '@/ui/TextLink';
import { safeNext } from './-session';

export const Route = createFileRoute('/sign-in')({
  validateSearch: v.object({ next: v.optional(v.string()) }),
  staticData: { title: msg`Sign in` },
  component: SignIn,
});

function SignIn() {
  const { t } = useLingui();
  const { next } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <Welcome
      title={t`Welcome back`}
      detail={<Trans>Sign in to see where your money is.</Trans>}
      footer={
        <Trans>
          New here? <TextLink to="/sign-up">Create an account</TextLink>
        </Trans>
      }
    >
      <SignInForm onDone={() => void navigate({ href: safeNext(next) })} />
    </Welcome>
  );
}
