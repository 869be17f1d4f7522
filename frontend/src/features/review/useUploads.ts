import { useQueryClient } from '@tanstack/react-query';
import { useReducer, useRef } from 'react';
import type { Document } from '@/api/generated/model';
import { upload } from '@/api/upload';
import { documentQuery } from './queries';

/** A file on its way here, from being chosen until the server has it. */
export interface Sending {
  readonly key: string;
  readonly file: File;
  /** 0 to 1. */
  readonly sent: number;
  readonly documentId?: string;
  readonly isDuplicate?: boolean;
  readonly error?: unknown;
}

type Change =
  | { kind: 'added'; sendings: Sending[] }
  | { kind: 'changed'; key: string; values: Partial<Omit<Sending, 'key' | 'file'>> }
  | { kind: 'dismissed'; key: string };

function reduce(sendings: readonly Sending[], change: Change): readonly Sending[] {
  switch (change.kind) {
    case 'added':
      return [...change.sendings, ...sendings];
    case 'changed':
      return sendings.map((one) => (one.key === change.key ? { ...one, ...change.values } : one));
    case 'dismissed':
      return sendings.filter(({ key }) => key !== change.key);
  }
}

/** Files go one after the other, so that the first can be read while the next is on its way. */
export function useUploads() {
  const cache = useQueryClient();
  const [sendings, dispatch] = useReducer(reduce, []);
  const queue = useRef(Promise.resolve());

  const send = async (key: string, file: File) => {
    const body = new FormData();
    body.append('file', file);
    const values = (change: Partial<Omit<Sending, 'key' | 'file'>>) =>
      dispatch({ kind: 'changed', key, values: change });
    try {
      const { finished } = upload<Document>('/api/v1/documents', body, key, (sent) =>
        values({ sent }),
      );
      const document = await finished;
      cache.setQueryData(documentQuery(document.id).queryKey, document);
      values({ sent: 1, documentId: document.id, isDuplicate: document.duplicate ?? false });
      void cache.invalidateQueries({ queryKey: ['documents', 'list'] });
    } catch (error) {
      values({ error }); // shown beside the file, which can be sent again
    }
  };

  const enqueue = (key: string, file: File) => {
    queue.current = queue.current.then(() => send(key, file));
  };

  return {
    sendings,
    add: (files: readonly File[]) => {
      const added = files.map((file) => ({ key: crypto.randomUUID(), file, sent: 0 }));
      dispatch({ kind: 'added', sendings: added });
      for (const { key, file } of added) enqueue(key, file);
    },
    /** With the same key: if it did arrive, it is not taken twice. */
    retry: ({ key, file }: Sending) => {
      dispatch({ kind: 'changed', key, values: { sent: 0, error: undefined } });
      enqueue(key, file);
    },
    dismiss: (key: string) => dispatch({ kind: 'dismissed', key }),
  };
}
