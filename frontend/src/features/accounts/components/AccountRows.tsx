import { Trans, useLingui } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';
import {
  Banknote,
  ChartLine,
  CreditCard,
  HandCoins,
  Landmark,
  PiggyBank,
  Shapes,
  type LucideIcon,
} from 'lucide-react';
import type { Account, AccountType } from '@/api/generated/model';
import { Amount } from '@/ui/Amount';
import { balanceOf, groupNames, typeNames, type AccountGroup } from '../model';

const icons: Record<AccountType, LucideIcon> = {
  checking: Landmark,
  savings: PiggyBank,
  credit_card: CreditCard,
  cash: Banknote,
  loan: HandCoins,
  investment: ChartLine,
  other_asset: Shapes,
  other_liability: HandCoins,
};

/** Accounts under their group, each a link to its entries; a debt carries its minus. */
export function AccountRows({ group }: { group: AccountGroup }) {
  const { i18n } = useLingui();
  return (
    <div>
      <div className="flex items-baseline justify-between gap-4 px-4 pt-4 pb-1 text-sm text-text-3 sm:px-5">
        <h3 className="font-medium">{i18n._(groupNames[group.id])}</h3>
        <span className="flex flex-wrap justify-end gap-x-3">
          {group.sums.map((sum) => (
            <Amount key={sum.currency} money={sum} />
          ))}
        </span>
      </div>
      <ul>
        {group.accounts.map((account) => (
          <li key={account.id}>
            <AccountRow account={account} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function AccountRow({ account }: { account: Account }) {
  const { i18n } = useLingui();
  const Icon = icons[account.type];
  const balance = balanceOf(account);
  const isOverdrawn =
    balance.minor < 0n && (account.type === 'checking' || account.type === 'cash');
  return (
    <Link
      to="/transactions"
      search={{ account_id: account.id }}
      className="flex min-h-14 items-center gap-3.5 px-4 py-2 transition-colors hover:bg-hover sm:px-5"
    >
      <span className="grid size-9 shrink-0 place-items-center rounded-control bg-sunken text-text-2">
        <Icon aria-hidden className="size-[1.125rem]" strokeWidth={1.75} />
      </span>
      <span className="min-w-0 grow">
        <span className="block truncate text-md font-medium">{account.name}</span>
        <span className="block truncate text-sm text-text-3">
          {[i18n._(typeNames[account.type]), account.institution].filter(Boolean).join(' · ')}
        </span>
      </span>
      <span className="shrink-0 text-end">
        <Amount money={balance} className="block text-md font-medium" />
        {isOverdrawn ? (
          <span className="block text-sm text-neg">
            <Trans>overdrawn</Trans>
          </span>
        ) : null}
      </span>
    </Link>
  );
}
