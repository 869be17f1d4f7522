import { screen } from '@testing-library/react';
import { http } from 'msw';
import { expect, test } from 'vitest';
import { account, category } from '@/testing/fixtures';
import { renderPart } from '@/testing/render';
import { api, page, server } from '@/testing/server';
import { useBooks } from './-books';

function Books() {
  const { accountNames, accountChoices, allAccountChoices, categoryNames, categoryGroups } =
    useBooks();
  const offered = categoryGroups.flatMap(({ choices }) => choices);
  return (
    <dl>
      <dd title="account names">{[...accountNames.values()].join()}</dd>
      <dd title="accounts">{accountChoices.map(({ label }) => label).join()}</dd>
      <dd title="all accounts">{allAccountChoices.map(({ label }) => label).join()}</dd>
      <dd title="category names">{[...categoryNames.values()].join()}</dd>
      <dd title="retired categories">
        {offered
          .filter(({ isRetired }) => isRetired)
          .map(({ label }) => label)
          .join()}
      </dd>
    </dl>
  );
}

test('closed accounts and archived categories keep their names, and are asked for', async () => {
  const asked: string[] = [];
  server.use(
    http.get(api('/accounts'), ({ request }) => {
      asked.push(new URL(request.url).search);
      return page([
        account({ name: 'Giro' }),
        account({ id: 'a2', name: 'Old bank', closed: true }),
        account({ id: 'a3', name: 'Attic', archived: true }),
      ]);
    }),
    http.get(api('/categories'), ({ request }) => {
      asked.push(new URL(request.url).search);
      return page([
        category({ id: 'living', name: 'Living' }),
        category({ id: 'rent', name: 'Rent', parent_id: 'living' }),
        category({ id: 'gas', name: 'Gas', archived: true }),
      ]);
    }),
  );
  await renderPart(<Books />);
  const shown = async (title: string) => (await screen.findByTitle(title)).textContent;
  expect(await shown('account names')).toBe('Giro,Old bank,Attic');
  expect(await shown('accounts')).toBe('Giro');
  expect(await shown('all accounts')).toBe('Giro,Old bank (closed),Attic');
  expect(await shown('category names')).toBe('Living,Rent,Gas');
  expect(await shown('retired categories')).toBe('Living,Gas');
  expect(asked.toSorted()).toEqual([
    '?include_archived=true',
    '?include_closed=true&include_archived=true',
  ]);
});
