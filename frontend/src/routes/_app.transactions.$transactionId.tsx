import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { describe } from '@/api/words';
import { EditTransaction } from '@/features/transactions/components/EditTransaction';
import { Boundary } from '@/ui/Boundary';
import { DetailPanel } from '@/ui/DetailPanel';
import { ErrorState } from '@/ui/ErrorState';
import { SkeletonRows } from '@/ui/Skeleton';
import { useBooks } from './-books';

export const Route = createFileRoute('/_app/transactions/$transactionId')({
  staticData: { title: msg`Transaction` },
  component: Detail,
});

function Detail() {
  const { t } = useLingui();
  const { transactionId } = Route.useParams();
  const search = Route.useSearch();
  const navigate = useNavigate();
  const { allAccountChoices, categoryGroups } = useBooks();
  const leave = () => void navigate({ to: '/transactions', search });
  return (
    <DetailPanel title={t`Transaction`} onClose={leave}>
      <Boundary
        of={transactionId}
        pending={<SkeletonRows rows={6} />}
        failed={(error, retry) => <ErrorState {...describe(error)} onRetry={retry} />}
      >
        <EditTransaction
          key={transactionId}
          id={transactionId}
          accounts={allAccountChoices}
          categories={categoryGroups}
          onDone={leave}
        />
      </Boundary>
    </DetailPanel>
  );
}
