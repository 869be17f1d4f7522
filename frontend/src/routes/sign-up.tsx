import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { createFileRoute } from '@tanstack/react-router';
import { SignUpForm } from '@/features/auth/components/SignUpForm';
import { Welcome } from '@/features/auth/components/Welcome';
import { TextLink } from '@/ui/TextLink';

export const Route = createFileRoute('/sign-up')({
  staticData: { title: msg`Create an account` },
  component: SignUp,
});

function SignUp() {
  const { t } = useLingui();
  const navigate = Route.useNavigate();
  return (
    <Welcome
      title={t`Your money, in one calm place`}
      detail={<Trans>Photograph a receipt or drop in a bank statement. The rest is reading.</Trans>}
      footer={
        <Trans>
          Already have an account? <TextLink to="/sign-in">Sign in</TextLink>
        </Trans>
      }
    >
      <SignUpForm onDone={() => void navigate({ to: '/welcome' })} />
    </Welcome>
  );
}
