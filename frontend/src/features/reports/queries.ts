import { queryOptions } from '@tanstack/react-query';
import { getSpending, getSummary } from '@/api/generated/gateway';
import { daysOf, type Month } from '@/lib/dates';

export const spendingQuery = (month: Month) =>
  queryOptions({
    queryKey: ['reports', 'spending', month],
    queryFn: ({ signal }) => getSpending(daysOf(month), undefined, { signal }),
  });

export const summaryQuery = (month: Month) =>
  queryOptions({
    queryKey: ['reports', 'summary', month],
    queryFn: ({ signal }) => getSummary(daysOf(month), undefined, { signal }),
  });
