import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { createFileRoute } from '@tanstack/react-router';
import { AccountForm } from '@/features/accounts/components/AccountForm';
import { Dialog } from '@/ui/Dialog';

export const Route = createFileRoute('/_app/accounts/new')({
  staticData: { title: msg`Open an account` },
  component: NewAccount,
});

function NewAccount() {
  const { t } = useLingui();
  const navigate = Route.useNavigate();
  const leave = () => void navigate({ to: '/accounts' });
  return (
    <Dialog title={t`Open an account`} isOpen onClose={leave}>
      <AccountForm submitLabel={t`Open the account`} onDone={leave} />
    </Dialog>
  );
}
