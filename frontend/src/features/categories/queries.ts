import { queryOptions } from '@tanstack/react-query';
import { listCategories } from '@/api/generated/gateway';

export const categoriesQuery = queryOptions({
  queryKey: ['categories', 'list'],
  queryFn: ({ signal }) => listCategories({ signal }),
  staleTime: 5 * 60_000,
});
