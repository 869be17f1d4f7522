import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Account, AccountType } from '@/api/generated/model';
import { money, sumByCurrency, type Money } from '@/lib/money/money';

export const typeNames: Record<AccountType, MessageDescriptor> = {
  checking: msg`Checking account`,
  savings: msg`Savings account`,
  credit_card: msg`Credit card`,
  cash: msg`Cash`,
  loan: msg`Loan`,
  investment: msg`Investment`,
  other_asset: msg`Other asset`,
  other_liability: msg`Other debt`,
};

export const accountTypes = Object.keys(typeNames) as AccountType[];

const groupOf: Record<AccountType, AccountGroup['id']> = {
  checking: 'everyday',
  cash: 'everyday',
  savings: 'savings',
  investment: 'savings',
  other_asset: 'savings',
  credit_card: 'owed',
  loan: 'owed',
  other_liability: 'owed',
};

export interface AccountGroup {
  readonly id: 'everyday' | 'savings' | 'owed';
  readonly accounts: readonly Account[];
  readonly sums: readonly Money[];
}

export const groupNames: Record<AccountGroup['id'], MessageDescriptor> = {
  everyday: msg`Everyday`,
  savings: msg`Savings and investments`,
  owed: msg`Owed`,
};

export function isDebt(type: AccountType): boolean {
  return groupOf[type] === 'owed';
}

export function balanceOf(account: Account): Money {
  return money(account.balance, account.currency);
}

/** Whether an account stands in lists of accounts and takes new entries. */
export function isInUse({ closed, archived }: Pick<Account, 'closed' | 'archived'>): boolean {
  return !closed && !archived;
}

/** Accounts in use in the order in which they are read: what is at hand, what is put by, what is owed. */
export function grouped(accounts: readonly Account[]): AccountGroup[] {
  const open = accounts.filter(isInUse);
  return (['everyday', 'savings', 'owed'] as const)
    .map((id) => {
      const members = open.filter((account) => groupOf[account.type] === id);
      return { id, accounts: members, sums: sumByCurrency(members.map(balanceOf)) };
    })
    .filter(({ accounts: members }) => members.length > 0);
}

/** The total of all accounts in use for each currency; the currency of most accounts first. */
export function totals(accounts: readonly Account[]): Money[] {
  const open = accounts.filter(isInUse);
  const members = (currency: string) => open.filter((one) => one.currency === currency).length;
  return sumByCurrency(open.map(balanceOf)).toSorted(
    (one, other) => members(other.currency) - members(one.currency),
  );
}
