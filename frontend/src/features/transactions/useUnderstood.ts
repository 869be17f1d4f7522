import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { asParams, type Filters } from './model';
import { indexQuery } from './queries';
import { searchFault, type SearchFault } from './search';

interface Understood {
  /** The filters that the list shows; undefined before the first answer. */
  readonly shown: Filters | undefined;
  /** Whether the list is behind what was typed. */
  readonly isBehind: boolean;
  readonly fault: SearchFault | undefined;
}

/**
 * The last filters that the server understood. A search is typed character by character, and half a key
 * is no search: the list stays as it is until there is an answer, and `fault` says what is wrong.
 */
export function useUnderstood(filters: Filters): Understood {
  const { error, isPending } = useQuery(indexQuery(filters));
  const [last, setLast] = useState<Filters>();
  const fault = searchFault(error, filters.q ?? '');
  if (!isPending && !fault && !isSame(last, filters)) setLast(filters);
  if (fault) return { shown: last ?? { ...filters, q: undefined }, isBehind: false, fault };
  return { shown: isPending ? last : filters, isBehind: isPending, fault };
}

function isSame(one: Filters | undefined, other: Filters): boolean {
  return one !== undefined && JSON.stringify(asParams(one)) === JSON.stringify(asParams(other));
}
