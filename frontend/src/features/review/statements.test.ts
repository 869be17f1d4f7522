import { describe, expect, it } from 'vitest';
import type { Draft } from '@/api/generated/model';
import { unplaced } from './statements';

function draft(id: string, more: Partial<Draft>): Draft {
  return {
    id,
    status: 'ready',
    account_id: null,
    statement_account: null,
    currency: 'EUR',
    ...more,
  } as Draft;
}

const accounts = [
  { id: 'mine', currency: 'EUR' },
  { id: 'dollars', currency: 'USD' },
];

describe('the drafts without an account', () => {
  it('are kept apart by the account that the file names', () => {
    const drafts = [
      draft('1', { statement_account: '…1111 EUR' }),
      draft('2', { statement_account: '…2222 EUR' }),
      draft('3', { statement_account: '…1111 EUR' }),
      draft('4', { statement_account: '…2222 EUR', account_id: 'mine' }),
      draft('5', { statement_account: '…1111 EUR', status: 'accepted' }),
    ];
    expect(
      unplaced(drafts, accounts).map(({ name, drafts: of }) => [name, of.map(({ id }) => id)]),
    ).toEqual([
      ['…1111 EUR', ['1', '3']],
      ['…2222 EUR', ['2']],
    ]);
  });

  it('are together where the file holds one account', () => {
    const [only, ...others] = unplaced([draft('1', {}), draft('2', {})], accounts);
    expect([only?.name, only?.drafts.length, others]).toEqual([null, 2, []]);
  });

  it('hold those in an account that is not in their currency, or not open', () => {
    const drafts = [
      draft('1', { account_id: 'dollars' }),
      draft('2', { account_id: 'closed' }),
      draft('3', { account_id: 'mine', currency: null }),
      draft('4', { account_id: 'mine' }),
    ];
    const [only] = unplaced(drafts, accounts);
    expect(only?.drafts.map(({ id }) => id)).toEqual(['1', '2']);
    expect([...(only?.currencies ?? [])]).toEqual(['EUR']);
  });
});
