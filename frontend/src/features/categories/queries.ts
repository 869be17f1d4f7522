import { queryOptions } from '@tanstack/react-query';
import { listCategories } from '@/api/generated/gateway';

/** Every category, also archived ones, which entries still have. */
export const categoriesQuery = queryOptions({
  queryKey: ['categories', 'list'],
  queryFn: ({ signal }) => listCategories({ include_archived: true }, undefined, { signal }),
  staleTime: 5 * 60_000,
});
