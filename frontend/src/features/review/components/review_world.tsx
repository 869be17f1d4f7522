import { http, HttpResponse } from 'msw';
import { vi } from 'vitest';
import type { Document, Draft, ImportLine, TransactionMatch } from '@/api/generated/model';
import { receiptDocument } from '@/testing/fixtures';
import { renderPart } from '@/testing/render';
import { api, page, server } from '@/testing/server';
import { Review } from './Review';

const accounts = [
  { id: 'a1', label: 'Main account', currency: 'EUR' },
  { id: 'a2', label: 'Dollars', currency: 'USD' },
];
const names = new Map([
  ['food', 'Food'],
  ['fuel', 'Fuel'],
]);
const categories = [
  {
    id: 'expense',
    label: 'Spending',
    choices: Array.from(names, ([id, label]) => ({ id, label })),
  },
];

interface World {
  document?: Document;
  drafts: Draft[];
  /** Other documents that wait. */
  others?: Document[];
  /** Transactions of an amount that are booked already. */
  matches?: (amount: string) => TransactionMatch[];
  /** The lines of an import with their verdicts. */
  lines?: ImportLine[];
}

/** A gateway that holds one document, and the review of it. `sent` are the writes, in their order. */
export async function reviewing({
  document = receiptDocument(),
  drafts,
  others = [],
  matches = () => [],
  lines = [],
}: World) {
  let held = drafts;
  const sent: { path: string; body: unknown }[] = [];
  const note = async (request: Request) => {
    const text = await request.text();
    const path = new URL(request.url).pathname.replace('/api/v1', '');
    sent.push({ path, body: text ? (JSON.parse(text) as unknown) : null });
    return text ? (JSON.parse(text) as Record<string, unknown>) : {};
  };
  const change = (id: string, values: Partial<Draft>) => {
    held = held.map((one) =>
      one.id === id ? { ...one, ...values, version: one.version + 1 } : one,
    );
    return HttpResponse.json(held.find((one) => one.id === id));
  };
  const isWaiting = () => held.some(({ status }) => status === 'ready');
  server.use(
    http.get(api('/drafts'), () => page(held)),
    http.get(api('/documents'), () => page([...(isWaiting() ? [document] : []), ...others])),
    http.get(api('/documents/:id'), ({ params }) =>
      HttpResponse.json(others.find(({ id }) => id === params.id) ?? document),
    ),
    http.get(api('/transactions:matches'), ({ request }) =>
      page(matches(new URL(request.url).searchParams.get('amount') ?? '')),
    ),
    http.patch(api('/drafts/:id'), async ({ request, params }) =>
      change(String(params.id), await note(request)),
    ),
    http.post(api('/drafts/:act'), async ({ request, params }) => {
      await note(request);
      const [id = '', act] = String(params.act).split(':');
      return act === 'reject'
        ? change(id, { status: 'rejected' })
        : change(id, { status: 'accepted', transaction_id: 't9' });
    }),
    http.post(api('/imports:preview'), async ({ request }) => {
      await note(request);
      return HttpResponse.json({ id: 'i1', version: 1 });
    }),
    http.get(api('/imports/i1/lines'), () => page(lines)),
    http.post(api('/imports/i1:commit'), async ({ request }) => {
      await note(request);
      for (const { draft_id: id, outcome, transaction_id: booked } of lines) {
        if (id && (outcome === 'added' || outcome === 'matched')) {
          change(id, { status: 'accepted', transaction_id: booked });
        }
      }
      return HttpResponse.json({ id: 'i1', version: 2 });
    }),
  );
  const onDocument = vi.fn<(id: string) => void>();
  const onDraft = vi.fn<(id: string | undefined) => void>();
  const view = await renderPart(
    <Review
      document={document}
      accounts={accounts}
      categories={categories}
      categoryNames={names}
      draftId={undefined}
      onDraft={onDraft}
      onDocument={onDocument}
    />,
  );
  return { ...view, sent, onDocument, onDraft };
}
