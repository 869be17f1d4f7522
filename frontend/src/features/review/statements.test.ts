import { describe, expect, it } from 'vitest';
import type { Draft } from '@/api/generated/model';
import { unplaced } from './statements';

function draft(id: string, more: Partial<Draft>): Draft {
  return {
    id,
    status: 'ready',
    account_id: null,
    statement_account: null,
    ...more,
  } as Draft;
}

describe('the drafts without an account', () => {
  it('are kept apart by the account that the file names', () => {
    const drafts = [
      draft('1', { statement_account: '…1111 EUR' }),
      draft('2', { statement_account: '…2222 EUR' }),
      draft('3', { statement_account: '…1111 EUR' }),
      draft('4', { statement_account: '…2222 EUR', account_id: 'mine' }),
      draft('5', { statement_account: '…1111 EUR', status: 'accepted' }),
    ];
    expect(unplaced(drafts).map(({ name, drafts: of }) => [name, of.map(({ id }) => id)])).toEqual([
      ['…1111 EUR', ['1', '3']],
      ['…2222 EUR', ['2']],
    ]);
  });

  it('are together where the file holds one account', () => {
    const [only, ...others] = unplaced([draft('1', {}), draft('2', {})]);
    expect([only?.name, only?.drafts.length, others]).toEqual([null, 2, []]);
  });
});
