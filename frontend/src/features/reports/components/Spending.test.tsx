import { screen, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, test } from 'vitest';
import type { CategorySpending } from '@/api/generated/model';
import { renderPart } from '@/testing/render';
import { api, server } from '@/testing/server';
import { Spending } from './Spending';

const row = (name: string, amount: string): CategorySpending => ({
  category_id: name.toLowerCase(),
  name,
  parent_id: null,
  amount,
  currency: 'EUR',
  posting_count: 2,
});

test('Other is opened: its categories stand below it, and lead to their entries', async () => {
  const many = Array.from({ length: 20 }, (_, at) => row(`Category ${at}`, '-10.00'));
  server.use(http.get(api('/reports/spending'), () => HttpResponse.json({ rows: many })));
  const { user } = await renderPart(<Spending month="2026-11" />);
  const table = await screen.findByRole('table', { name: 'Spending by category in EUR' });
  const other = within(table).getByRole('button', { name: /Other.*8 categories/ });
  expect(within(table).getAllByRole('link')).toHaveLength(12);
  expect(within(table).getByRole('row', { name: /^Other/ })).toHaveTextContent('€80.00');
  await user.click(other);
  expect(other).toHaveAttribute('aria-expanded', 'true');
  expect(within(table).getAllByRole('link')).toHaveLength(20);
  expect(within(table).getByRole('link', { name: 'Category 19' })).toHaveAttribute(
    'href',
    '/transactions?category_id=category+19&from=2026-11-01&to=2026-11-30',
  );
  await user.click(other);
  expect(within(table).getAllByRole('link')).toHaveLength(12);
});
