import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronRight, FileText, ReceiptText, ScanText, Table2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Document } from '@/api/generated/model';
import { formatAgo, formatInstant } from '@/lib/dates';
import { Button } from '@/ui/Button';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { useLocale } from '@/ui/locale';
import { isUnderWay } from '../model';
import { documentsQuery } from '../queries';
import { StatusChip } from './StatusChip';

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
      <Empty icon={ScanText} title={t`No documents yet`}>
        <Trans>
          What you add is read here. You check what was found, and only what you accept is booked.
        </Trans>
      </Empty>
    );
  }
  return (
    <div className="flex flex-col gap-5">
      <Group title={t`Waiting for you`} documents={waiting}>
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
  children,
}: {
  title: string;
  documents: readonly Document[];
  children?: ReactNode;
}) {
  if (documents.length === 0 && !children) return null;
  return (
    <Card title={title} flush>
      {children}
      <ul>
        {documents.map((document) => (
          <li key={document.id} className="border-t border-line first:border-t-0">
            <DocumentRow document={document} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

const icons = { receipt: ReceiptText, statement: Table2, none: FileText };

export function DocumentRow({ document }: { document: Document }) {
  const { locale } = useLocale();
  const Icon = icons[document.kind ?? 'none'];
  return (
    <Link
      to="/inbox/$documentId"
      params={{ documentId: document.id }}
      className="flex min-h-16 items-center gap-3.5 px-4 py-2.5 transition-colors hover:bg-hover sm:px-5"
    >
      <span className="grid size-9 shrink-0 place-items-center rounded-control bg-sunken text-text-2">
        <Icon aria-hidden className="size-[1.125rem]" strokeWidth={1.75} />
      </span>
      <span className="min-w-0 grow">
        <span className="block truncate text-md font-medium">{document.file_name}</span>
        <span className="block truncate text-sm text-text-3">
          <time dateTime={document.created_at} title={formatInstant(document.created_at, locale)}>
            {formatAgo(document.created_at, locale)}
          </time>
          {document.draft_count > 1 ? (
            <>
              {' · '}
              <Plural value={document.draft_count} one="# entry" other="# entries" />
            </>
          ) : null}
        </span>
      </span>
      <StatusChip status={document.status} />
      <ChevronRight aria-hidden className="size-4 shrink-0 text-text-3 rtl:-scale-x-100" />
    </Link>
  );
}
