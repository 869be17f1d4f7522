import type {
  Account,
  Category,
  Document,
  Draft,
  ImportLine,
  Transaction,
} from '@/api/generated/model';

/** Answers of the gateway, whole and valid; a test names only what it is about. */
const at = '2026-11-22T10:00:00Z';

export function account(changes: Partial<Account> = {}): Account {
  return {
    id: 'a1',
    name: 'Main account',
    type: 'checking',
    currency: 'EUR',
    balance: '100.00',
    balance_as_of: null,
    cleared_balance: '100.00',
    reconciled_balance: '0.00',
    opening_balance: null,
    opening_date: null,
    institution: '',
    last_digits: '',
    note: '',
    archived: false,
    closed: false,
    created_at: at,
    updated_at: at,
    version: 1,
    ...changes,
  };
}

export function category(changes: Partial<Category> = {}): Category {
  return {
    id: 'food',
    name: 'Food',
    kind: 'expense',
    parent_id: null,
    archived: false,
    colour: null,
    icon: null,
    key: null,
    merged_into: null,
    version: 1,
    ...changes,
  };
}

/** A booked purchase of 12.50 at REWE, categorised as food. */
export function transaction(changes: Partial<Transaction> = {}): Transaction {
  return {
    id: 't1',
    entry_id: 'e1',
    operation_id: 'o1',
    actor_id: 'u1',
    kind: 'standard',
    status: 'cleared',
    reconciled_account_ids: [],
    account_id: 'a1',
    amount: '-12.50',
    currency: 'EUR',
    date: '2026-11-22',
    payee: 'REWE',
    payee_id: 'p1',
    description: '',
    category_id: 'food',
    splits: [{ amount: '-12.50', category_id: 'food', memo: '' }],
    tags: [],
    to_account_id: null,
    to_amount: null,
    to_currency: null,
    refund_of: null,
    bank_reference: null,
    document_id: null,
    document_ids: [],
    draft_id: null,
    import_id: null,
    created_at: at,
    updated_at: at,
    version: 1,
    ...changes,
  };
}

/** A waiting draft that was read from a receipt of 48.19 at REWE. */
export function draft(changes: Partial<Draft> = {}): Draft {
  return {
    id: 'd1',
    document_id: 'x1',
    status: 'ready',
    account_id: null,
    date: '2026-11-21',
    amount: '-48.19',
    currency: 'EUR',
    payee: 'REWE',
    description: '',
    category_id: null,
    category_chosen: false,
    category_confirmed: false,
    suggestions: [],
    fields: [],
    warnings: [],
    bank_reference: null,
    transaction_id: null,
    problem: null,
    version: 3,
    position: 0,
    statement_account: null,
    ...changes,
  };
}

/** A receipt that waits for review. */
export function receiptDocument(changes: Partial<Document> = {}): Document {
  return {
    id: 'x1',
    status: 'ready',
    kind: 'receipt',
    file_name: 'receipt.jpg',
    media_type: 'image/jpeg',
    size_bytes: 1000,
    sha256: '00',
    account_id: null,
    problem: null,
    pages: [],
    draft_count: 1,
    drafts_waiting: 1,
    drafts_booked: 0,
    duplicate: false,
    version: 4,
    created_at: at,
    updated_at: at,
    ...changes,
  };
}

/** A line of an import that was booked. */
export function importLine(changes: Partial<ImportLine> = {}): ImportLine {
  return {
    line: 1,
    row: 1,
    account_id: 'a1',
    date: '2026-11-22',
    amount: '-12.50',
    currency: 'EUR',
    payee: 'REWE',
    payee_said: 'REWE',
    description: '',
    category_id: null,
    splits: [],
    tags: [],
    to_account_id: null,
    status: 'cleared',
    bank_reference: null,
    draft_id: 'd1',
    verdict: 'new',
    known_as: null,
    known_by: null,
    clears: false,
    candidates: [],
    refusal: null,
    choice: null,
    outcome: 'added',
    transaction_id: 't1',
    ...changes,
  };
}
