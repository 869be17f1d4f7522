import { Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ReceiptText } from 'lucide-react';
import type { Transaction } from '@/api/generated/model';
import { formatDay } from '@/lib/dates';
import { Amount } from '@/ui/Amount';
import { LinkButton } from '@/ui/Button';
import { Empty } from '@/ui/Empty';
import { useLocale } from '@/ui/locale';
import { amountOf } from '../model';
import { recentQuery } from '../queries';
import { categoriesOf, nameOf } from '../names';

interface RecentListProps {
  categories: ReadonlyMap<string, string>;
  accounts: ReadonlyMap<string, string>;
}

export function RecentList({ categories, accounts }: RecentListProps) {
  const { t } = useLingui();
  const { data } = useSuspenseQuery(recentQuery);
  if (data.items.length === 0) {
    return (
      <Empty
        icon={ReceiptText}
        title={t`No transactions yet`}
        action={
          <LinkButton to="/inbox">
            <Trans>Add a receipt</Trans>
          </LinkButton>
        }
      >
        <Trans>What you accept or enter shows up here, newest first.</Trans>
      </Empty>
    );
  }
  return (
    <ul>
      {data.items.map((transaction) => (
        <li key={transaction.id} className="border-t border-line first:border-t-0">
          <RecentRow
            transaction={transaction}
            category={categoriesOf(transaction, categories)}
            account={accounts.get(transaction.account_id)}
          />
        </li>
      ))}
    </ul>
  );
}

function RecentRow({
  transaction,
  category,
  account,
}: {
  transaction: Transaction;
  category: string;
  account: string | undefined;
}) {
  const { locale } = useLocale();
  return (
    <Link
      to="/transactions/$transactionId"
      params={{ transactionId: transaction.id }}
      search={{}}
      className="flex min-h-14 items-center gap-4 px-4 py-2 transition-colors hover:bg-hover sm:px-5"
    >
      <span className="min-w-0 grow">
        <span className="block truncate text-md font-medium text-text">{nameOf(transaction)}</span>
        <span className="block truncate text-sm text-text-3">
          {[formatDay(transaction.date, locale), category || account].filter(Boolean).join(' · ')}
        </span>
      </span>
      <Amount money={amountOf(transaction)} kind="flow" className="text-md font-medium" />
    </Link>
  );
}
