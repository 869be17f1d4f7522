import { commitImport, listImportLines, previewImport, updateDraft } from '@/api/generated/gateway';
import type { DraftChange, ImportLine, Override } from '@/api/generated/model';
import { Problem } from '@/api/problem';

/** The result of accepting all waiting drafts of a document. */
export interface BulkOutcome {
  readonly booked: number;
  /** Lines that were in the books already, from another file. */
  readonly known: number;
  /** Lines that still wait, with the reason. */
  readonly left: readonly LeftOut[];
}

export interface LeftOut {
  readonly draftId: string;
  /** The ledger's own (`ACCOUNT_CLOSED`), or the outcome of the line (`doubtful`). */
  readonly code: string;
  readonly detail: string;
}

const inTheBooks = new Set(['added', 'matched', 'restored']);

/**
 * Books the waiting drafts of a document as the ledger's import judges them: new lines are booked, lines
 * that are known are recognised, and whatever needs a person's word stays. `overrides` are that word.
 */
export async function bookDocument(
  documentId: string,
  overrides?: (lines: readonly ImportLine[]) => Override[],
): Promise<readonly ImportLine[]> {
  try {
    return await planAndCommit(documentId, overrides);
  } catch (error) {
    // The book changed between the plan and its commit: nothing was booked.
    if (!(error instanceof Problem) || error.slug !== 'plan-stale') throw error;
    return await planAndCommit(documentId, overrides);
  }
}

async function planAndCommit(
  documentId: string,
  overrides: ((lines: readonly ImportLine[]) => Override[]) | undefined,
): Promise<readonly ImportLine[]> {
  const plan = await previewImport({ document_id: documentId });
  const said = overrides ? overrides(await linesOf(plan.id)) : [];
  await commitImport(plan.id, { overrides: said }, { 'if-match': `"${plan.version}"` });
  return await linesOf(plan.id);
}

async function linesOf(importId: string): Promise<ImportLine[]> {
  const lines: ImportLine[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listImportLines>> = await listImportLines(importId, {
      limit: 500,
      ...(cursor ? { cursor } : {}),
    });
    lines.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return lines;
}

export function bulkOutcome(lines: readonly ImportLine[]): BulkOutcome {
  const left = lines.filter(
    ({ outcome }) => outcome !== 'already_there' && !inTheBooks.has(outcome ?? ''),
  );
  return {
    booked: lines.filter(({ outcome }) => inTheBooks.has(outcome ?? '')).length,
    known: lines.filter(({ outcome }) => outcome === 'already_there').length,
    left: left.map(({ draft_id: draftId, outcome, refusal }) => ({
      draftId: draftId ?? '',
      code: refusal?.code ?? outcome ?? '',
      detail: refusal?.detail ?? '',
    })),
  };
}

/** Makes a draft and a transaction of the book one: the transaction gets the document. */
export async function attachDraft(
  draft: { readonly id: string; readonly document_id: string },
  change: DraftChange,
  transactionId: string,
): Promise<void> {
  if (Object.keys(change).length > 0) await updateDraft(draft.id, change);
  await bookDocument(draft.document_id, (lines) =>
    lines.map(({ line, draft_id: id }) =>
      id === draft.id
        ? { line, choice: 'match', transaction_id: transactionId }
        : { line, choice: 'skip' },
    ),
  );
}
