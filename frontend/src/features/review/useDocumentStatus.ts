import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { Document, DocumentEvent } from '@/api/generated/model';
import { followStream } from '@/api/stream';
import { isUnderWay } from './model';
import { documentQuery } from './queries';

/** While a document is under way its status comes by its own event stream, step by step. */
export function useDocumentStatus(document: Document | undefined): void {
  const cache = useQueryClient();
  const id = document?.id;
  const isOpen = document !== undefined && isUnderWay(document);
  useEffect(() => {
    if (id === undefined || !isOpen) return undefined;
    const refetch = () => {
      // Pages, drafts and the problem come with the whole document.
      void cache.invalidateQueries({ queryKey: ['documents'] });
      void cache.invalidateQueries({ queryKey: ['drafts'] });
    };
    return followStream({
      url: `/api/v1/documents/${encodeURIComponent(id)}/events`,
      types: ['status'],
      onMissed: refetch,
      onEvent: ({ data }) => {
        const event = JSON.parse(data) as DocumentEvent;
        cache.setQueryData(documentQuery(id).queryKey, (known) =>
          known && event.version >= known.version ? { ...known, status: event.status } : known,
        );
        if (!isUnderWay(event)) refetch();
      },
    });
  }, [cache, id, isOpen]);
}
