import { Plural, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import { ChevronRight, FileText, ReceiptText, Table2 } from 'lucide-react';
import type { Document } from '@/api/generated/model';
import { formatAgo, formatInstant } from '@/lib/dates';
import { useLocale } from '@/ui/locale';
import { statusOf } from '../words';
import { StatusChip } from './StatusChip';

const icons = { receipt: ReceiptText, statement: Table2, none: FileText };

/** A document in a list; its status stands there unless the list's own heading says it. */
export function DocumentRow({
  document,
  hasStatus = true,
}: {
  document: Document;
  hasStatus?: boolean;
}) {
  const { i18n } = useLingui();
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
        <span className="block truncate text-md font-medium" title={document.file_name}>
          {document.file_name}
        </span>
        <span className="block truncate text-sm text-text-3">
          {hasStatus ? (
            <span aria-hidden className="@md:hidden">
              {i18n._(statusOf(document))}
              {' · '}
            </span>
          ) : null}
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
      {hasStatus ? (
        <span className="shrink-0 @max-md:sr-only">
          <StatusChip document={document} />
        </span>
      ) : null}
      <ChevronRight aria-hidden className="size-4 shrink-0 text-text-3 rtl:-scale-x-100" />
    </Link>
  );
}
