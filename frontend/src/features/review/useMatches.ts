import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Document, Draft, FindMatchesParams, TransactionMatch } from '@/api/generated/model';
import type { Money } from '@/lib/money/money';
import { absolute, negate, toDecimal } from '@/lib/money/money';
import { likelyMatches, type DraftValues } from './model';
import { matchesQuery } from './queries';

type Asked = Pick<DraftValues, 'accountId' | 'date' | 'direction'>;

const typingRests = 300;

function paramsOf(draft: Draft, { accountId, date, direction }: Asked, size: Money | undefined) {
  if (!accountId || !date || !size || size.minor === 0n) return undefined;
  const amount = toDecimal(direction === 'in' ? absolute(size) : negate(absolute(size)));
  return { account_id: accountId, date, amount, payee: draft.payee } satisfies FindMatchesParams;
}

interface Matches {
  /** Booked transactions that may be this draft, the likeliest first. */
  readonly shown: readonly TransactionMatch[];
  /** The same for values that are about to be booked. */
  readonly find: (values: Asked, size: Money) => Promise<readonly TransactionMatch[]>;
}

/** Looks whether what the form says is in the books already, while it is corrected and before it is booked. */
export function useMatches(
  draft: Draft,
  document: Pick<Document, 'kind'>,
  values: Asked,
  size: Money | undefined,
): Matches {
  const cache = useQueryClient();
  const [params, settle] = useSettled(paramsOf(draft, values, size));
  const { data } = useQuery({
    ...matchesQuery(params ?? { account_id: '', date: '', amount: '' }),
    enabled: params !== undefined,
  });
  return {
    shown: params && data ? likelyMatches(data.items, document) : [],
    find: async (asked, exact) => {
      const wanted = paramsOf(draft, asked, exact);
      if (!wanted) return [];
      settle(wanted);
      return likelyMatches((await cache.fetchQuery(matchesQuery(wanted))).items, document);
    },
  };
}

/** The value once it has not changed for a moment, and the way not to wait. */
function useSettled<T>(value: T): [T, (next: T) => void] {
  const key = JSON.stringify(value);
  const [settled, setSettled] = useState({ key, value });
  useEffect(() => {
    if (settled.key === key) return undefined;
    const timer = setTimeout(() => setSettled({ key, value }), typingRests);
    return () => clearTimeout(timer);
  }, [key, value, settled.key]);
  return [settled.value, (next) => setSettled({ key: JSON.stringify(next), value: next })];
}
