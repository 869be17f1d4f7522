import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { Landmark } from 'lucide-react';
import { NewTransaction } from '@/features/transactions/components/NewTransaction';
import { LinkButton } from '@/ui/Button';
import { DetailPanel } from '@/ui/DetailPanel';
import { Empty } from '@/ui/Empty';
import { useBooks } from './-books';

export const Route = createFileRoute('/_app/transactions/new')({
  staticData: { title: msg`New transaction` },
  component: New,
});

function New() {
  const { t } = useLingui();
  const search = Route.useSearch();
  const navigate = useNavigate();
  const { accountChoices, categoryGroups } = useBooks();
  const first = accountChoices.find(({ id }) => id === search.account_id) ?? accountChoices[0];
  const leave = (transactionId?: string) =>
    transactionId
      ? void navigate({ to: '/transactions/$transactionId', params: { transactionId }, search })
      : void navigate({ to: '/transactions', search });
  return (
    <DetailPanel title={t`New transaction`} onClose={() => leave()}>
      {first ? (
        <NewTransaction
          accounts={accountChoices}
          categories={categoryGroups}
          accountId={first.id}
          onDone={leave}
        />
      ) : (
        <Empty
          icon={Landmark}
          title={t`Open an account first`}
          action={
            <LinkButton to="/accounts/new" variant="primary">
              <Trans>Open an account</Trans>
            </LinkButton>
          }
        >
          <Trans>Every transaction belongs to one.</Trans>
        </Empty>
      )}
    </DetailPanel>
  );
}
