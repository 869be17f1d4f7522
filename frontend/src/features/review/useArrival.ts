import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Document } from '@/api/generated/model';
import { isWaiting } from './model';
import { documentQuery, draftsQuery, nextAfter, waitingQuery } from './queries';

interface ArrivalOptions {
  document: Pick<Document, 'id'>;
  /** The draft that the address names. */
  draftId: string | undefined;
  onDraft: (id: string | undefined) => void;
  onDocument: (id: string) => void;
}

/**
 * Where a person comes to after a decision: the next draft of the document, else the next document that
 * waits, else what became of this one. `arrivedAt` is the draft whose heading takes the focus, or
 * `everything` where nothing waits any more.
 */
export function useArrival({ document, draftId, onDraft, onDocument }: ArrivalOptions) {
  const cache = useQueryClient();
  const [arrivedAt, setArrivedAt] = useState<string>();
  const next = useNext(document);
  const isElsewhere = useElsewhere(draftId);

  const goOn = (decidedId: string | undefined) => {
    if (isElsewhere(decidedId)) return;
    const drafts = cache.getQueryData(draftsQuery(document.id).queryKey) ?? [];
    const at = drafts.findIndex(({ id }) => id === decidedId);
    const draft = [...drafts.slice(at + 1), ...drafts.slice(0, Math.max(at, 0))].find(isWaiting);
    if (draft) {
      setArrivedAt(draft.id);
      onDraft(draft.id);
      return;
    }
    const waiting = cache.getQueryData(waitingQuery.queryKey)?.items ?? [];
    const isThere = waiting.some(({ id }) => id === next.current);
    const following = isThere ? next.current : nextAfter(document.id, waiting);
    if (following !== undefined) {
      onDocument(following);
      return;
    }
    setArrivedAt('everything');
    if (drafts.length > 1) onDraft(undefined);
  };
  return { arrivedAt, goOn };
}

/**
 * Whether the person has left what was decided while it was booked: for another page, which may still
 * be loading, or for another draft.
 */
function useElsewhere(draftId: string | undefined): (decidedId: string | undefined) => boolean {
  const router = useRouter();
  const [home] = useState(() => router.latestLocation.pathname);
  const isHere = useRef(false);
  const open = useRef(draftId);
  useEffect(() => {
    isHere.current = true;
    return () => {
      isHere.current = false;
    };
  }, []);
  useEffect(() => {
    open.current = draftId;
  }, [draftId]);
  return (decidedId) => {
    const isOnAnother = decidedId !== undefined && (open.current ?? decidedId) !== decidedId;
    return !isHere.current || isOnAnother || router.latestLocation.pathname !== home;
  };
}

/** The document that waits behind this one; it is loaded beforehand, so that it opens at once. */
function useNext(document: Pick<Document, 'id'>) {
  const cache = useQueryClient();
  const { data } = useQuery(waitingQuery);
  const next = useRef<string>(undefined);
  useEffect(() => {
    // Once it is decided this document is not in the list any more: its place there is remembered.
    if (!data?.items.some(({ id }) => id === document.id)) return;
    next.current = nextAfter(document.id, data.items);
    if (next.current === undefined) return;
    void cache.prefetchQuery(documentQuery(next.current));
    void cache.prefetchQuery(draftsQuery(next.current));
  }, [cache, data, document.id]);
  return next;
}
