import { useQueries, useQueryClient } from '@tanstack/react-query';
import type { Transaction } from '@/api/generated/model';
import { pageSize, pagesFor, type Filters, type RowMap } from '../model';
import { pageQuery } from '../queries';

interface VisiblePages {
  readonly entryAt: (row: number) => Transaction | undefined;
  readonly isFailed: (row: number) => boolean;
  readonly retry: () => void;
}

/** Asks for the pages that hold these rows, and gives the entries that are there. */
export function useVisiblePages(
  filters: Filters,
  map: RowMap,
  rows: readonly number[],
): VisiblePages {
  const cache = useQueryClient();
  const pages = pagesFor(map, rows);
  const results = useQueries({
    queries: pages.map(({ month, page }) => pageQuery(cache, filters, month, page)),
  });
  const byKey = new Map(pages.map(({ month, page }, at) => [`${month}/${page}`, results[at]]));

  const find = (row: number) => {
    const place = map.at(row);
    if (place.kind === 'month') return undefined;
    const page = Math.floor(place.offset / pageSize);
    return { result: byKey.get(`${place.month.month}/${page}`), at: place.offset % pageSize };
  };

  return {
    entryAt: (row) => {
      const found = find(row);
      return found?.result?.data?.items[found.at];
    },
    isFailed: (row) => find(row)?.result?.isError ?? false,
    retry: () => {
      for (const result of results) if (result.isError) void result.refetch();
    },
  };
}
