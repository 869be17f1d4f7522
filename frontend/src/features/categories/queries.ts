import { queryOptions } from '@tanstack/react-query';
import { listCategories } from '@/api/generated/gateway';

export const categoriesQuery = queryOptions({
  queryKey: ['categories', 'list'],
  queryFn: ({ signal }) => listCategories(undefined, undefined, { signal }),
  staleTime: 5 * 60_000,
});
