import {
  infiniteQueryOptions,
  queryOptions,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query';
import {
  acceptDraft,
  findMatches,
  getDocument,
  listDocuments,
  listDrafts,
  rejectDraft,
  updateDraft,
} from '@/api/generated/gateway';
import type { Document, Draft, DraftChange, FindMatchesParams } from '@/api/generated/model';
import { useAct, type Outcome } from '@/api/useAct';
import { attachDraft, bookDocument, bulkOutcome, type BulkOutcome } from './booking';

/** Documents that wait for a person to look at them. */
export const waitingQuery = queryOptions({
  queryKey: ['documents', 'list', 'ready'],
  queryFn: ({ signal }) => listDocuments({ status: 'ready', limit: 50 }, undefined, { signal }),
});

export const documentsQuery = infiniteQueryOptions({
  queryKey: ['documents', 'list', 'all'],
  queryFn: ({ signal, pageParam }) =>
    listDocuments({ limit: 50, ...(pageParam ? { cursor: pageParam } : {}) }, undefined, {
      signal,
    }),
  initialPageParam: '',
  getNextPageParam: ({ next_cursor: next }) => next,
});

export const documentQuery = (id: string) =>
  queryOptions({
    queryKey: ['documents', 'detail', id],
    queryFn: ({ signal }) => getDocument(id, undefined, { signal }),
  });

/** Every draft of a document; a statement of a thousand lines is three requests. */
export const draftsQuery = (documentId: string) =>
  queryOptions({
    queryKey: ['drafts', 'list', documentId],
    queryFn: async ({ signal }) => {
      const drafts: Draft[] = [];
      let cursor: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof listDrafts>> = await listDrafts(
          { document_id: documentId, limit: 500, ...(cursor ? { cursor } : {}) },
          undefined,
          { signal },
        );
        drafts.push(...page.items);
        cursor = page.next_cursor;
      } while (cursor !== null);
      return drafts.toSorted((one, other) => one.position - other.position);
    },
  });

/** Booked transactions that may be a draft: the same amount within three days. */
export const matchesQuery = (params: FindMatchesParams) =>
  queryOptions({
    queryKey: ['transactions', 'matches', params],
    queryFn: ({ signal }) => findMatches(params, undefined, { signal }),
  });

function place(cache: QueryClient, draft: Draft): void {
  cache.setQueryData(draftsQuery(draft.document_id).queryKey, (drafts) =>
    drafts?.map((one) => (one.id === draft.id && one.version <= draft.version ? draft : one)),
  );
}

async function refresh(cache: QueryClient): Promise<void> {
  const nouns = ['documents', 'drafts', 'transactions', 'accounts', 'reports'];
  await Promise.all(nouns.map((noun) => cache.invalidateQueries({ queryKey: [noun] })));
}

/** Saves what was corrected, then accepts; the draft's id is the booking's idempotency key. */
export function useAcceptDraft(draft: Pick<Draft, 'id'>, outcome: Outcome<Draft>) {
  const cache = useQueryClient();
  return useAct(async (change: DraftChange) => {
    if (Object.keys(change).length > 0) place(cache, await updateDraft(draft.id, change));
    const accepted = await acceptDraft(draft.id);
    place(cache, accepted);
    await refresh(cache);
    return accepted;
  }, outcome);
}

export function useRejectDraft(draft: Pick<Draft, 'id'>, outcome: Outcome<Draft>) {
  const cache = useQueryClient();
  return useAct(async () => {
    const rejected = await rejectDraft(draft.id);
    place(cache, rejected);
    await refresh(cache);
    return rejected;
  }, outcome);
}

/** A few at once: a browser opens six connections to an origin. */
async function inTurns<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: 4 }, worker));
}

/** A draft that is given an account before it is accepted. */
export interface GivenAccount {
  readonly draft: Draft;
  readonly accountId: string;
}

/** Accepts all that wait, after those without a fitting account were given theirs. */
export function useAcceptDocument(document: Pick<Document, 'id'>, outcome: Outcome<BulkOutcome>) {
  const cache = useQueryClient();
  return useAct(async (given: readonly GivenAccount[]) => {
    try {
      await inTurns(given, ({ draft, accountId }) =>
        updateDraft(draft.id, { account_id: accountId }),
      );
      return bulkOutcome(await bookDocument(document.id));
    } finally {
      await refresh(cache);
    }
  }, outcome);
}

/** A transaction of the book is what the draft tells of: it gets the document, nothing is booked. */
export function useAttachDraft(draft: Draft, outcome: Outcome<Draft>) {
  const cache = useQueryClient();
  return useAct(
    async ({ change, transactionId }: { change: DraftChange; transactionId: string }) => {
      try {
        await attachDraft(draft, change, transactionId);
      } finally {
        await refresh(cache);
      }
      const drafts = cache.getQueryData(draftsQuery(draft.document_id).queryKey);
      return drafts?.find(({ id }) => id === draft.id) ?? draft;
    },
    outcome,
  );
}

/** The document that waits behind this one, else the first that waits; undefined where none does. */
export function nextAfter(id: string, waiting: readonly Document[]): string | undefined {
  const at = waiting.findIndex((one) => one.id === id);
  const others = [...waiting.slice(at + 1), ...waiting.slice(0, Math.max(at, 0))];
  return others.find((one) => one.id !== id)?.id;
}
