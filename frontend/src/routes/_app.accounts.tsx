import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { createFileRoute, Outlet } from '@tanstack/react-router';
import { Landmark, Plus } from 'lucide-react';
import { BalancesCard } from '@/features/accounts/components/BalancesCard';
import { isInUse } from '@/features/accounts/model';
import { accountsQuery } from '@/features/accounts/queries';
import { LinkButton } from '@/ui/Button';
import { Empty } from '@/ui/Empty';
import { PageHeader } from '@/ui/PageHeader';

export const Route = createFileRoute('/_app/accounts')({
  staticData: { title: msg`Accounts` },
  loader: ({ context: { cache } }) => cache.ensureQueryData(accountsQuery),
  component: Accounts,
});

function Accounts() {
  const { t } = useLingui();
  const { data } = useSuspenseQuery(accountsQuery);
  const isEmpty = !data.items.some(isInUse);
  return (
    <>
      <PageHeader title={t`Accounts`}>
        <LinkButton to="/accounts/new" variant="primary">
          <Plus aria-hidden className="size-4" />
          <Trans>Open an account</Trans>
        </LinkButton>
      </PageHeader>
      {isEmpty ? (
        <div className="rounded-card border border-line bg-surface">
          <Empty icon={Landmark} title={t`No accounts yet`}>
            <Trans>
              A bank account, a card, the cash in your pocket: each with its balance, and a sum of
              all.
            </Trans>
          </Empty>
        </div>
      ) : (
        <div className="max-w-3xl">
          <BalancesCard />
        </div>
      )}
      <Outlet />
    </>
  );
}
