import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { createFileRoute, Link } from '@tanstack/react-router';
import { ChevronLeft, ExternalLink } from 'lucide-react';
import { useEffect, useRef } from 'react';
import * as v from 'valibot';
import type { Document } from '@/api/generated/model';
import { Review } from '@/features/review/components/Review';
import { StatusChip } from '@/features/review/components/StatusChip';
import { Unreadable } from '@/features/review/components/Unreadable';
import { UnderWay } from '@/features/review/components/UnderWay';
import { isUnderWay } from '@/features/review/model';
import { documentQuery } from '@/features/review/queries';
import { useDocumentStatus } from '@/features/review/useDocumentStatus';
import { accountsQuery } from '@/features/accounts/queries';
import { categoriesQuery } from '@/features/categories/queries';
import { useBooks } from './-books';

export const Route = createFileRoute('/_app/inbox/$documentId')({
  staticData: { title: msg`Review` },
  validateSearch: v.object({ draft: v.optional(v.fallback(v.string(), '')) }),
  loader: ({ context: { cache }, params }) =>
    Promise.all([
      cache.ensureQueryData(documentQuery(params.documentId)),
      cache.ensureQueryData(accountsQuery),
      cache.ensureQueryData(categoriesQuery),
    ]),
  component: DocumentPage,
});

function DocumentPage() {
  const { documentId } = Route.useParams();
  const { data: document } = useSuspenseQuery(documentQuery(documentId));
  useDocumentStatus(document);
  return (
    <div className="flex flex-col lg:-mb-4 lg:h-[calc(100dvh-4rem)] lg:min-h-[30rem]">
      <Heading document={document} />
      {/* Each document is reviewed afresh. */}
      <Body key={document.id} document={document} />
    </div>
  );
}

function Heading({ document }: { document: Document }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(document.id);
  useEffect(() => {
    // The next document took the place of the one that was decided: the focus goes with it.
    if (shown.current !== document.id) heading.current?.focus();
    shown.current = document.id;
  }, [document.id]);
  return (
    <header className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
      <div className="flex min-w-0 grow items-center gap-3">
        <Link
          to="/inbox"
          className="-ms-1 inline-flex h-9 shrink-0 items-center gap-1 rounded-control pe-2 text-md font-medium text-text-2 hover:text-text coarse:h-11"
        >
          <ChevronLeft aria-hidden className="size-5 rtl:-scale-x-100" />
          <Trans>Inbox</Trans>
        </Link>
        <h1
          ref={heading}
          tabIndex={-1}
          className="truncate rounded-chip text-lg font-semibold"
          title={document.file_name}
        >
          {document.file_name}
        </h1>
      </div>
      <StatusChip document={document} />
      <a
        href={`/api/v1/documents/${encodeURIComponent(document.id)}/file`}
        target="_blank"
        rel="noreferrer"
        className="inline-flex h-9 items-center gap-1.5 rounded-control text-md font-medium text-text-2 hover:text-text coarse:h-11"
      >
        <ExternalLink aria-hidden className="size-4" />
        <Trans>Original</Trans>
      </a>
    </header>
  );
}

function Body({ document }: { document: Document }) {
  const { t } = useLingui();
  const { draft } = Route.useSearch();
  const navigate = Route.useNavigate();
  const { accountChoices, categoryGroups, categoryNames } = useBooks();
  if (document.status === 'failed') return <Unreadable document={document} />;
  if (isUnderWay(document)) return <UnderWay document={document} label={t`Being read`} />;
  return (
    <Review
      document={document}
      accounts={accountChoices}
      categories={categoryGroups}
      categoryNames={categoryNames}
      draftId={draft}
      onDraft={(id) =>
        void navigate({ search: id ? { draft: id } : {}, replace: true, resetScroll: false })
      }
      onDocument={(id) =>
        void navigate({ to: '/inbox/$documentId', params: { documentId: id }, search: {} })
      }
    />
  );
}
