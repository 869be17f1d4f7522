import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { createFileRoute } from '@tanstack/react-router';
import { AccountForm } from '@/features/accounts/components/AccountForm';
import { Welcome } from '@/features/auth/components/Welcome';
import { TextLink } from '@/ui/TextLink';
import { requirePerson } from './-session';

export const Route = createFileRoute('/welcome')({
  staticData: { title: msg`Your first account` },
  beforeLoad: ({ context, location }) => requirePerson(context.cache, location.href),
  component: FirstAccount,
});

function FirstAccount() {
  const { t } = useLingui();
  const navigate = Route.useNavigate();
  return (
    <Welcome
      title={t`Your first account`}
      detail={
        <Trans>The one you pay with most often is a good start. More can follow at any time.</Trans>
      }
      footer={
        <TextLink to="/">
          <Trans>Do this later</Trans>
        </TextLink>
      }
    >
      <AccountForm submitLabel={t`Open the account`} onDone={() => void navigate({ to: '/' })} />
    </Welcome>
  );
}
