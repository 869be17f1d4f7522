import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { createFileRoute } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight, Landmark } from 'lucide-react';
import type { ReactNode } from 'react';
import * as v from 'valibot';
import { describe } from '@/api/words';
import { BalancesCard } from '@/features/accounts/components/BalancesCard';
import { isInUse } from '@/features/accounts/model';
import { accountsQuery } from '@/features/accounts/queries';
import { categoriesQuery } from '@/features/categories/queries';
import { Spending } from '@/features/reports/components/Spending';
import { spendingQuery } from '@/features/reports/queries';
import { WaitingCard } from '@/features/review/components/WaitingCard';
import { waitingQuery } from '@/features/review/queries';
import { RecentList } from '@/features/transactions/components/RecentList';
import { recentQuery } from '@/features/transactions/queries';
import { addMonths, formatMonth, monthOf, today } from '@/lib/dates';
import { Boundary } from '@/ui/Boundary';
import { IconButton, LinkButton } from '@/ui/Button';
import { Card } from '@/ui/Card';
import { Empty } from '@/ui/Empty';
import { ErrorState } from '@/ui/ErrorState';
import { useLocale } from '@/ui/locale';
import { PageHeader } from '@/ui/PageHeader';
import { SkeletonRows } from '@/ui/Skeleton';
import { TextLink } from '@/ui/TextLink';
import { useBooks } from './-books';

const month = v.pipe(v.string(), v.regex(/^\d{4}-(0[1-9]|1[0-2])$/));

export const Route = createFileRoute('/_app/')({
  staticData: { title: msg`Overview` },
  validateSearch: v.object({ month: v.fallback(v.optional(month), undefined) }),
  // Asked for at once and not waited for: each card shows itself when its answer is there.
  loader: ({ context: { cache } }) => {
    void cache.prefetchQuery(accountsQuery);
    void cache.prefetchQuery(waitingQuery);
    void cache.prefetchQuery(recentQuery);
    void cache.prefetchQuery(categoriesQuery);
    void cache.prefetchQuery(spendingQuery(monthOf(today())));
  },
  component: Overview,
});

function Overview() {
  const { t } = useLingui();
  return (
    <>
      <PageHeader title={t`Overview`} />
      <div className="grid gap-5 xl:grid-cols-[minmax(0,1fr)_24rem] xl:grid-rows-[auto_auto_1fr] xl:items-start">
        <div className="min-w-0 xl:row-span-2">
          <Part title={t`All accounts`} of="balances" rows={4}>
            <Balances />
          </Part>
        </div>
        <div className="min-w-0">
          <Part title={t`Waiting for you`} of="waiting" rows={1}>
            <WaitingCard />
          </Part>
        </div>
        <div className="min-w-0 xl:col-start-1 xl:row-start-3">
          <SpendingPart />
        </div>
        <div className="min-w-0 xl:col-start-2 xl:row-span-2 xl:row-start-2">
          <Card
            title={t`Recent transactions`}
            aside={
              <TextLink to="/transactions" search={{}}>
                <Trans>Show all</Trans>
              </TextLink>
            }
            flush
          >
            <Loaded of="recent" rows={6}>
              <Recent />
            </Loaded>
          </Card>
        </div>
      </div>
    </>
  );
}

function Balances() {
  const { t } = useLingui();
  const { data } = useSuspenseQuery(accountsQuery);
  if (data.items.some(isInUse)) return <BalancesCard />;
  return (
    <Card title={t`All accounts`} flush>
      <Empty
        icon={Landmark}
        title={t`Begin with an account`}
        action={
          <LinkButton to="/welcome" variant="primary">
            <Trans>Open an account</Trans>
          </LinkButton>
        }
      >
        <Trans>Its balance will stand here, with the sum of all that follow.</Trans>
      </Empty>
    </Card>
  );
}

function SpendingPart() {
  const { t } = useLingui();
  const { locale } = useLocale();
  const thisMonth = monthOf(today());
  const { month: shown = thisMonth } = Route.useSearch();
  const navigate = Route.useNavigate();
  const go = (by: number) => {
    const next = addMonths(shown, by);
    void navigate({ search: next === thisMonth ? {} : { month: next }, resetScroll: false });
  };
  return (
    <Card
      title={t`Spending`}
      aside={
        <span className="flex items-center gap-1 text-md text-text-2">
          <IconButton label={t`Month before`} onPress={() => go(-1)}>
            <ChevronLeft aria-hidden className="size-4 rtl:-scale-x-100" />
          </IconButton>
          <span aria-live="polite" className="min-w-28 text-center tabular-nums">
            {formatMonth(shown, locale)}
          </span>
          <IconButton label={t`Next month`} isDisabled={shown >= thisMonth} onPress={() => go(1)}>
            <ChevronRight aria-hidden className="size-4 rtl:-scale-x-100" />
          </IconButton>
        </span>
      }
    >
      <Loaded of={shown} rows={7}>
        <Spending month={shown} />
      </Loaded>
    </Card>
  );
}

function Recent() {
  const { accountNames, categoryNames } = useBooks();
  return <RecentList accounts={accountNames} categories={categoryNames} />;
}

/** A card that is not drawn before its answer: until then its frame stands in its place. */
function Part({
  title,
  ...rest
}: {
  title: string;
  of: string;
  rows: number;
  children: ReactNode;
}) {
  return <Loaded {...rest} frame={(inside) => <Card title={title}>{inside}</Card>} />;
}

const bare = (inside: ReactNode) => inside;

function Loaded({
  of,
  rows,
  frame = bare,
  children,
}: {
  of: string;
  rows: number;
  frame?: (inside: ReactNode) => ReactNode;
  children: ReactNode;
}) {
  return (
    <Boundary
      of={of}
      pending={frame(<SkeletonRows rows={rows} className="px-4 sm:px-5" />)}
      failed={(error, retry) => frame(<ErrorState {...describe(error)} onRetry={retry} />)}
    >
      {children}
    </Boundary>
  );
}
