import { Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { ScanText } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Document } from '@/api/generated/model';
import { Button } from '@/ui/Button';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { isUnderWay } from '../model';
import { documentsQuery } from '../queries';
import { DocumentRow } from './DocumentRow';

/** All documents: what waits for the person first, then what is under way, then what is done. */
export function DocumentList({ hidden }: { hidden: ReadonlySet<string> }) {
  const { t } = useLingui();
  const { data, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useSuspenseInfiniteQuery(documentsQuery);
  const documents = data.pages.flatMap(({ items }) => items);
  const waiting = documents.filter(({ status }) => status === 'ready');
  const underWay = documents.filter((one) => isUnderWay(one) && !hidden.has(one.id));
  const settled = documents.filter(({ status }) => status === 'accepted' || status === 'failed');
  if (documents.length === 0) {
    return (
      <div className="rounded-card border border-line bg-surface">
        <Empty icon={ScanText} title={t`No documents yet`}>
          <Trans>
            What you add is read here. You check what was found, and only what you accept is booked.
          </Trans>
        </Empty>
      </div>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      <Group title={t`Waiting for you`} documents={waiting} hasStatus={false}>
        {underWay.length === 0 && waiting.length === 0 ? (
          <p className="px-4 pb-4 text-md text-text-2 sm:px-5">
            <Trans>All done. Nothing waits for a decision.</Trans>
          </p>
        ) : null}
      </Group>
      <Group title={t`Being read`} documents={underWay} />
      <Group title={t`Done`} documents={settled} />
      {hasNextPage ? (
        <Button
          className="self-center"
          isPending={isFetchingNextPage}
          onPress={() => void fetchNextPage()}
        >
          <Trans>Show older</Trans>
        </Button>
      ) : null}
    </div>
  );
}

function Group({
  title,
  documents,
  hasStatus = true,
  children,
}: {
  title: string;
  documents: readonly Document[];
  hasStatus?: boolean;
  children?: ReactNode;
}) {
  if (documents.length === 0 && !children) return null;
  return (
    <Card title={title} flush>
      {children}
      <ul>
        {documents.map((document) => (
          <li key={document.id} className="border-t border-line first:border-t-0">
            <DocumentRow document={document} hasStatus={hasStatus} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
