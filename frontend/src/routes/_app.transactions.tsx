import { msg } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { createFileRoute, Outlet, useParams } from '@tanstack/react-router';
import { Plus, ReceiptText, SearchX } from 'lucide-react';
import * as v from 'valibot';
import { describe } from '@/api/words';
import { accountsQuery } from '@/features/accounts/queries';
import { categoriesQuery } from '@/features/categories/queries';
import { FilterBar } from '@/features/transactions/components/FilterBar';
import { TransactionGrid } from '@/features/transactions/components/TransactionGrid';
import { isFiltered, type Filters } from '@/features/transactions/model';
import { indexQuery } from '@/features/transactions/queries';
import { useUnderstood } from '@/features/transactions/useUnderstood';
import { Boundary } from '@/ui/Boundary';
import { Button, LinkButton } from '@/ui/Button';
import { cx } from '@/ui/cx';
import { Empty } from '@/ui/Empty';
import { ErrorState } from '@/ui/ErrorState';
import { PageHeader } from '@/ui/PageHeader';
import { SkeletonRows } from '@/ui/Skeleton';
import { useBooks } from './-books';

const text = v.optional(v.fallback(v.string(), ''));

export const Route = createFileRoute('/_app/transactions')({
  staticData: { title: msg`Transactions` },
  validateSearch: v.object({
    // A search for digits arrives as a number.
    q: v.optional(v.fallback(v.pipe(v.unknown(), v.transform(String)), '')),
    account_id: text,
    category_id: text,
    from: text,
    to: text,
    type: text,
  }),
  loader: ({ context: { cache } }) =>
    Promise.all([cache.ensureQueryData(accountsQuery), cache.ensureQueryData(categoriesQuery)]),
  component: Transactions,
});

function Transactions() {
  const { t } = useLingui();
  const filters: Filters = Route.useSearch();
  const navigate = Route.useNavigate();
  const { shown, isBehind, fault } = useUnderstood(filters);
  const { allAccountChoices, categoryGroups } = useBooks();
  return (
    <div className="flex -mb-6 h-[calc(100dvh-3.5rem-var(--tab-bar)-1.25rem)] min-h-96 flex-col sm:-mb-4 sm:h-[calc(100dvh-4rem)]">
      <PageHeader title={t`Transactions`}>
        <LinkButton to="/transactions/new" search={filters} variant="primary">
          <Plus aria-hidden className="size-4" />
          <Trans>Add</Trans>
        </LinkButton>
      </PageHeader>
      <div className="flex min-h-0 grow gap-5">
        <div className="flex min-w-0 grow flex-col gap-3">
          <FilterBar
            filters={filters}
            accounts={allAccountChoices}
            categories={categoryGroups}
            fault={fault}
            onChange={(search) => void navigate({ search, replace: true })}
          />
          <div
            className={cx(
              'relative flex min-h-0 grow flex-col overflow-hidden rounded-card border border-line bg-surface shadow-card transition-opacity max-sm:-mx-4 max-sm:rounded-none max-sm:border-x-0 max-sm:border-b-0',
              shown && isBehind && 'opacity-60',
            )}
          >
            {shown ? (
              <Boundary
                of={JSON.stringify(shown)}
                pending={<SkeletonRows rows={10} className="px-5" />}
                failed={(error, retry) => <ErrorState {...describe(error)} onRetry={retry} />}
              >
                <Entries filters={shown} />
              </Boundary>
            ) : (
              <SkeletonRows rows={10} className="px-5" />
            )}
          </div>
        </div>
        <Outlet />
      </div>
    </div>
  );
}

function Entries({ filters }: { filters: Filters }) {
  const { accountNames, categoryNames } = useBooks();
  const { data: index } = useSuspenseQuery(indexQuery(filters));
  const navigate = Route.useNavigate();
  const openId = useParams({ strict: false, select: (params) => params.transactionId });
  if (index.total === 0) return <NothingHere filters={filters} />;
  return (
    <>
      <p role="status" className="sr-only">
        <Plural value={index.total} one="# transaction" other="# transactions" />
      </p>
      <TransactionGrid
        // Another search is another list: it begins at its top.
        key={JSON.stringify(filters)}
        filters={filters}
        index={index}
        accounts={accountNames}
        categories={categoryNames}
        openId={openId}
        onOpen={(transactionId) =>
          void navigate({
            to: '/transactions/$transactionId',
            params: { transactionId },
            search: filters,
          })
        }
      />
    </>
  );
}

function NothingHere({ filters }: { filters: Filters }) {
  const { t } = useLingui();
  const navigate = Route.useNavigate();
  if (isFiltered(filters)) {
    return (
      <Empty
        icon={SearchX}
        title={t`No transaction matches`}
        action={
          <Button onPress={() => void navigate({ search: {} })}>
            <Trans>Show all</Trans>
          </Button>
        }
      >
        <Trans>Try other words, or fewer filters.</Trans>
      </Empty>
    );
  }
  return (
    <Empty
      icon={ReceiptText}
      title={t`No transactions yet`}
      action={
        <LinkButton to="/inbox" variant="primary">
          <Trans>Add a receipt or statement</Trans>
        </LinkButton>
      }
    >
      <Trans>Every booked entry will be here, by month, with its sum.</Trans>
    </Empty>
  );
}
