import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { createFileRoute } from '@tanstack/react-router';
import { describe } from '@/api/words';
import { DocumentList } from '@/features/review/components/DocumentList';
import { Inbox } from '@/features/review/components/Inbox';
import { Boundary } from '@/ui/Boundary';
import { ErrorState } from '@/ui/ErrorState';
import { PageHeader } from '@/ui/PageHeader';
import { SkeletonRows } from '@/ui/Skeleton';

export const Route = createFileRoute('/_app/inbox/')({
  staticData: { title: msg`Inbox` },
  component: InboxPage,
});

function InboxPage() {
  const { t } = useLingui();
  return (
    <>
      <PageHeader
        title={t`Inbox`}
        detail={
          <Trans>Documents are read here and wait for your word before anything is booked.</Trans>
        }
      />
      <Inbox
        list={(shown) => (
          <Boundary
            of="documents"
            pending={<SkeletonRows rows={5} />}
            failed={(error, retry) => <ErrorState {...describe(error)} onRetry={retry} />}
          >
            <DocumentList hidden={shown} />
          </Boundary>
        )}
      />
    </>
  );
}
