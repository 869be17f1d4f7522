import { t } from '@lingui/core/macro';
import type { Transaction } from '@/api/generated/model';

/** What an entry is called where no payee was given. */
export function nameOf({ payee, kind, description }: Transaction): string {
  if (payee) return payee;
  if (kind === 'opening_balance') return t`Opening balance`;
  if (kind === 'transfer') return t`Transfer`;
  return description || t`No payee`;
}

type Names = ReadonlyMap<string, string>;

/** The category of an entry; of one that is divided, all of them. Empty without any. */
export function categoriesOf({ splits }: Pick<Transaction, 'splits'>, names: Names): string {
  const found = splits.flatMap(({ category_id: id }) => (id ? (names.get(id) ?? []) : []));
  return [...new Set(found)].join(', ');
}
