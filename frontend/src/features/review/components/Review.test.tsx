import { screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, test } from 'vitest';
import type { Document, Draft, TransactionMatch } from '@/api/generated/model';
import { draft as draftOf, importLine, receiptDocument, transaction } from '@/testing/fixtures';
import { renderPart } from '@/testing/render';
import { api, server } from '@/testing/server';
import { AllDecided } from './Decided';
import { reviewing } from './review_world';
import { StatusChip } from './StatusChip';

/** Complete but for its category. */
const draft = (changes: Partial<Draft> = {}) =>
  draftOf({ account_id: 'a1', amount: '-12.50', position: 1, ...changes });
const button = (name: string | RegExp) => screen.findByRole('button', { name });
const statement = (count: number, changes: Partial<Document> = {}) =>
  receiptDocument({ kind: 'statement', file_name: 'march.ofx', draft_count: count, ...changes });

describe('a suggestion', () => {
  test('that is not sure is shown with its source and confidence, and not filled in', async () => {
    const unsure = { category_id: 'fuel', confidence: 0.426, source: 'lexicon' };
    const { user, sent } = await reviewing({ drafts: [draft({ suggestions: [unsure] })] });

    const offered = await button(/^Fuel\W+Lexicon, 42% sure$/);
    expect(screen.getByRole('combobox', { name: 'Category' })).toHaveValue('');
    expect(offered).toHaveAttribute('aria-pressed', 'false');
    await user.click(await button('Accept and book'));

    await screen.findByRole('heading', { name: 'Booked' });
    expect(sent).toEqual([{ path: '/drafts/d1:accept', body: null }]);
  });

  test('that is chosen is the person’s choice', async () => {
    const unsure = { category_id: 'fuel', confidence: 0.42, source: 'memory' };
    const { user, sent } = await reviewing({ drafts: [draft({ suggestions: [unsure] })] });
    await user.click(await button(/^Fuel\W+Learnt from you, 42% sure$/));
    await user.click(await button('Accept and book'));
    await screen.findByRole('heading', { name: 'Booked' });
    expect(sent[0]).toEqual({ path: '/drafts/d1', body: { category_id: 'fuel' } });
  });

  test('that is sure is filled in, which is said', async () => {
    const sure = { category_id: 'food', confidence: 0.97, source: 'gemini' };
    await reviewing({ drafts: [draft({ suggestions: [sure], category_id: 'food' })] });
    const field = await screen.findByRole('combobox', { name: 'Category' });
    expect(field).toHaveValue('Food');
    expect(field).toHaveAccessibleDescription(/Filled in by the first suggestion/);
    expect(await button(/^Food\W+Gemini, 97% sure$/)).toHaveAttribute('aria-pressed', 'true');
  });

  test('of a line of a statement says in its row that it is only suggested', async () => {
    const unsure = { category_id: 'fuel', confidence: 0.42, source: 'model' };
    const lines = [draft({ suggestions: [unsure] }), draft({ id: 'd2', position: 2 })];
    await reviewing({ document: statement(2), drafts: lines });
    expect(await button(/REWE.*Suggested: Fuel \(42%\).*12\.50/)).toBeVisible();
    expect(screen.getByText('2 have no category yet and are booked without one.')).toBeVisible();
  });
});

describe('accepting all', () => {
  const two = [
    draft({ id: 'd1', payee: 'REWE' }),
    draft({ id: 'd2', payee: 'Aral', position: 2 }),
    draft({ id: 'd3', payee: 'Netto', position: 3 }),
  ];

  test('says how many are booked and names each that is not, with the reason', async () => {
    const refusal = { code: 'ACCOUNT_CLOSED', detail: 'closed' };
    const { user } = await reviewing({
      document: statement(3),
      drafts: two,
      lines: [
        importLine({ draft_id: 'd1' }),
        importLine({ draft_id: 'd2', line: 2, outcome: 'refused', refusal, transaction_id: null }),
        importLine({ draft_id: 'd3', line: 3, outcome: 'doubtful', transaction_id: null }),
      ],
    });
    await user.click(await button('Accept all 3 entries'));

    const result = await screen.findByRole('heading', { name: '1 entry is booked, 2 are not' });
    expect(result).toHaveFocus();
    expect(screen.getByText('Its account is closed.')).toBeVisible();
    expect(screen.getByText('It may be booked already: open it to decide.')).toBeVisible();
    expect(screen.queryByText(/are booked$/)).not.toBeInTheDocument();
    expect(await button('Accept all 2 entries')).toBeVisible();
  });

  test('in an account of another currency books nothing, and the account can be chosen again', async () => {
    const { user, sent } = await reviewing({
      document: statement(2, { account_id: 'a2' }),
      drafts: [draft({ account_id: 'a2' }), draft({ id: 'd2', account_id: 'a2', position: 2 })],
      lines: [importLine(), importLine({ draft_id: 'd2', line: 2 })],
    });
    const account = await button(/Account of this statement/);
    expect(screen.getByText('This account is in USD, the entries are in EUR')).toBeVisible();
    await user.click(await button('Accept all 2 entries'));
    expect(sent).toEqual([]);

    await user.click(account);
    await user.click(await screen.findByRole('option', { name: /Main account/ }));
    await user.click(await button('Accept all 2 entries'));
    expect(await screen.findByText('2 entries of march.ofx are booked')).toBeVisible();
    expect(sent.slice(0, 2).map(({ body }) => body)).toEqual([
      { account_id: 'a1' },
      { account_id: 'a1' },
    ]);
  });

  test('where nothing was booked says so', async () => {
    const { user } = await reviewing({
      document: statement(2),
      drafts: two.slice(0, 2),
      lines: [
        importLine({ outcome: 'doubtful' }),
        importLine({ draft_id: 'd2', line: 2, outcome: 'deleted_before' }),
      ],
    });
    await user.click(await button('Accept all 2 entries'));
    expect(
      await screen.findByRole('heading', { name: 'Nothing was booked, 2 are not' }),
    ).toBeVisible();
    expect(screen.getByText('You deleted it before.')).toBeVisible();
  });
});

describe('the status', () => {
  test.each([
    [{ draft_count: 1, drafts_booked: 1 }, 'Booked'],
    [{ draft_count: 1, drafts_booked: 0 }, 'Rejected'],
    [{ draft_count: 3, drafts_booked: 2 }, '2 of 3 booked'],
    [{ draft_count: 0, drafts_booked: 0 }, 'Nothing to book'],
  ])('of a document with %o is %s', async (counts, words) => {
    const decided = receiptDocument({ ...counts, status: 'accepted', drafts_waiting: 0 });
    await renderPart(<StatusChip document={decided} />);
    expect(await screen.findByText(words)).toBeVisible();
  });

  test('of a draft whose booking is on its way is not that it is booked', async () => {
    await reviewing({ drafts: [draft({ status: 'accepting' })] });
    expect(await screen.findByRole('heading', { name: 'Being booked' })).toBeVisible();
  });

  test('of a statement that was rejected is not that it is booked', async () => {
    const rejected = [draft({ status: 'rejected' }), draft({ id: 'd2', status: 'rejected' })];
    await renderPart(<AllDecided drafts={rejected} isArrived={false} />);
    expect(
      await screen.findByRole('heading', { name: 'All rejected, nothing was booked' }),
    ).toBeVisible();
    expect(screen.queryByText(/is booked|are booked/)).not.toBeInTheDocument();
  });
});

describe('what is booked already', () => {
  const booked = (changes: Partial<TransactionMatch> = {}): TransactionMatch => ({
    transaction: transaction({ id: 't1', date: '2026-11-21', payee: 'REWE' }),
    days_apart: -1,
    likeness: 1,
    from_bank: false,
    likely: true,
    ...changes,
  });

  test('is shown with its day and a link, and accepting does not book it again', async () => {
    const { user, sent } = await reviewing({ drafts: [draft()], matches: () => [booked()] });
    const question = await screen.findByRole('heading', { name: 'Already booked on 21 Nov 2026?' });
    expect(
      within(question.closest('section') ?? question).getByRole('link', {
        name: /Show the transaction REWE/,
      }),
    ).toHaveAttribute('href', '/transactions/t1');
    expect(screen.queryByRole('button', { name: 'Accept and book' })).not.toBeInTheDocument();

    // Enter in a field asks, too.
    await user.type(screen.getByRole('textbox', { name: 'Payee' }), '{Enter}');
    await waitFor(() => expect(question).toHaveFocus());
    expect(sent).toEqual([]);
  });

  test('is looked for once more before booking', async () => {
    const matches = (amount: string) => (amount === '-13.00' ? [booked()] : []);
    const { user, sent } = await reviewing({ drafts: [draft()], matches });
    const amount = await screen.findByRole('textbox', { name: 'Amount' });
    await user.clear(amount);
    await user.type(amount, '13{Enter}');
    const question = await screen.findByRole('heading', { name: /Already booked/ });
    await waitFor(() => expect(question).toHaveFocus());
    expect(sent).toEqual([]);
  });

  test('is booked once more when the person says so', async () => {
    const { user, sent } = await reviewing({ drafts: [draft()], matches: () => [booked()] });
    await user.click(await button('Book anyway'));
    await screen.findByRole('heading', { name: 'Booked' });
    expect(sent.map(({ path }) => path)).toEqual(['/drafts/d1:accept']);
  });

  test('gets the picture, and stays as it is', async () => {
    const { user, sent } = await reviewing({
      drafts: [draft({ payee: 'RENE' })],
      matches: () => [booked()],
      lines: [importLine({ outcome: 'matched' })],
    });
    await user.click(await button('Attach the picture to it'));
    expect(await screen.findByText('Attached: REWE')).toBeVisible();
    expect(sent).toEqual([
      { path: '/drafts/d1', body: { payee: 'REWE' } },
      { path: '/imports:preview', body: { document_id: 'x1' } },
      {
        path: '/imports/i1:commit',
        body: { overrides: [{ line: 1, choice: 'match', transaction_id: 't1' }] },
      },
    ]);
  });

  test('is no other line of a bank, for a bank shows each once', async () => {
    await reviewing({
      document: receiptDocument({ kind: 'statement' }),
      drafts: [draft()],
      matches: () => [booked({ from_bank: true })],
    });
    expect(await button('Accept and book')).toBeVisible();
    expect(screen.queryByRole('heading', { name: /Already booked/ })).not.toBeInTheDocument();
  });
});

describe('after a decision the focus goes', () => {
  const lines = [draft(), draft({ id: 'd2', position: 2, payee: 'Aral' })];

  test('to the next entry of the statement', async () => {
    const { user } = await reviewing({ document: statement(2), drafts: lines });
    await user.click(await button('Accept and book'));
    const heading = await screen.findByRole('heading', { name: 'Entry 2 of 2' });
    await waitFor(() => expect(heading).toHaveFocus());
  });

  test('to the next document that waits', async () => {
    const others = [receiptDocument({ id: 'x2' }), receiptDocument({ id: 'x3' })];
    const { user, onDocument } = await reviewing({ drafts: [draft()], others });
    await user.click(await button('Accept and book'));
    await waitFor(() => expect(onDocument).toHaveBeenCalledExactlyOnceWith('x2'));
  });

  test('to what became of it where nothing else waits', async () => {
    const { user } = await reviewing({ drafts: [draft()] });
    await user.click(await button('Reject'));
    const heading = await screen.findByRole('heading', { name: 'Rejected' });
    await waitFor(() => expect(heading).toHaveFocus());
    expect(await screen.findByText('Nothing else waits for you.')).toBeVisible();
  });

  test('to the result of a statement that is booked whole', async () => {
    const { user } = await reviewing({
      document: statement(2),
      drafts: lines,
      lines: [importLine(), importLine({ draft_id: 'd2', line: 2 })],
    });
    await user.click(await button('Accept all 2 entries'));
    const heading = await screen.findByRole('heading', { name: 'All decided' });
    await waitFor(() => expect(heading).toHaveFocus());
    expect(screen.getByText('2 entries are booked.')).toBeVisible();
  });

  test('nowhere where the person is on the way to another page', async () => {
    const others = [receiptDocument({ id: 'x2' })];
    const { user, router, onDocument, onDraft } = await reviewing({ drafts: [draft()], others });
    const { promise: isBooked, resolve: book } = Promise.withResolvers<void>();
    server.use(
      http.post(api('/drafts/:act'), async () => {
        await isBooked;
        return HttpResponse.json(draft({ status: 'accepted', version: 9 }));
      }),
    );
    await user.click(await button('Accept and book'));
    // A page that takes its time to load: the review is still on the screen.
    Object.assign(router.routesById['/$'].options, { loader: () => new Promise(() => undefined) });
    void router.navigate({ to: '/elsewhere' as never });
    book();
    expect(await screen.findByText('Booked: REWE')).toBeVisible();
    expect(onDocument).not.toHaveBeenCalled();
    expect(onDraft).not.toHaveBeenCalled();
  });
});
