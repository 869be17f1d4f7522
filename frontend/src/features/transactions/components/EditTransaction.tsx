import { Trans, useLingui } from '@lingui/react/macro';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { FileText, Trash2 } from 'lucide-react';
import { useMemo, useRef } from 'react';
import type { Transaction } from '@/api/generated/model';
import { formatInstant } from '@/lib/dates';
import type { Money } from '@/lib/money/money';
import { Amount } from '@/ui/Amount';
import { Button, LinkButton } from '@/ui/Button';
import type { ChoiceGroup } from '@/ui/Combobox';
import { FormError } from '@/ui/ErrorState';
import { describe } from '@/api/words';
import { useLocale } from '@/ui/locale';
import { notify } from '@/ui/Toast';
import { changeOf, isSplit, valuesOf, type EntryValues } from '../form';
import { amountOf } from '../model';
import { nameOf } from '../names';
import { restore, transactionQuery, useDeleteTransaction, useUpdateTransaction } from '../queries';
import { Splits } from './Splits';
import { TransactionForm, type AccountChoice } from './TransactionForm';

interface EditTransactionProps {
  id: string;
  accounts: readonly AccountChoice[];
  categories: readonly ChoiceGroup[];
  onDone: () => void;
}

export function EditTransaction({ id, accounts, categories, onDone }: EditTransactionProps) {
  const { data: transaction } = useSuspenseQuery(transactionQuery(id));
  return (
    <div className="flex flex-col gap-6">
      {transaction.kind === 'opening_balance' ? (
        <OpeningBalance transaction={transaction} />
      ) : (
        <Editable
          transaction={transaction}
          accounts={accounts}
          categories={categories}
          onDone={onDone}
        />
      )}
      <Origin transaction={transaction} />
    </div>
  );
}

function Editable({
  transaction,
  accounts,
  categories,
  onDone,
}: { transaction: Transaction } & Omit<EditTransactionProps, 'id'>) {
  const { t } = useLingui();
  const { locale } = useLocale();
  const cache = useQueryClient();
  const update = useUpdateTransaction(transaction, {
    onDone: (saved) => {
      const name = nameOf(saved);
      notify({ text: t`Saved: ${name}` });
    },
    onLeave: onDone,
  });
  const payee = nameOf(transaction);
  // The panel is gone by then: a message says how it went.
  const undelete = async () => {
    try {
      await restore(cache, transaction);
      notify({ text: t`Restored: ${payee}` });
    } catch (error) {
      const reason = describe(error).title;
      notify({ tone: 'failed', text: t`Not restored: ${payee}. ${reason}` });
    }
  };
  const remove = useDeleteTransaction(transaction, {
    onDone: () =>
      notify({
        text: t`Deleted: ${payee}`,
        action: { label: t`Undo`, run: () => void undelete() },
      }),
    onLeave: onDone,
  });
  const initial = useMemo(() => valuesOf(transaction, locale), [transaction, locale]);
  const isSame = useRef(false);
  const save = (values: EntryValues, amount: Money) => {
    const change = changeOf(transaction, values, amount);
    if (Object.keys(change).length > 0) return update.run(change);
    isSame.current = true;
    return onDone();
  };
  return (
    <>
      {remove.error ? <FormError key={remove.submittedAt} {...describe(remove.error)} /> : null}
      <TransactionForm
        initial={initial}
        entryCurrency={transaction.currency}
        accounts={accounts}
        categories={categories}
        isKindFixed
        act={update}
        isSafe={() => isSame.current || update.isDone() || remove.isDone()}
        divided={isSplit(transaction) ? <Splits of={transaction} names={categories} /> : undefined}
        submit={save}
      />
      <Button variant="danger" onPress={() => remove.run()} isPending={remove.isPending}>
        <Trash2 aria-hidden className="size-4" />
        <Trans>Delete</Trans>
      </Button>
    </>
  );
}

function OpeningBalance({ transaction }: { transaction: Transaction }) {
  return (
    <div>
      <Amount money={amountOf(transaction)} className="text-2xl font-semibold" />
      <p className="mt-2 text-md text-text-2">
        <Trans>
          What the account held when it was opened here. It is changed with the account.
        </Trans>
      </p>
    </div>
  );
}

function Origin({ transaction }: { transaction: Transaction }) {
  const { locale } = useLocale();
  const at = formatInstant(transaction.created_at, locale);
  return (
    <footer className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4 text-sm text-text-3">
      <span>
        <Trans>Booked {at}</Trans>
      </span>
      {transaction.document_id ? (
        <LinkButton
          size="sm"
          to="/inbox/$documentId"
          params={{ documentId: transaction.document_id }}
        >
          <FileText aria-hidden className="size-4" />
          <Trans>Show the document</Trans>
        </LinkButton>
      ) : null}
    </footer>
  );
}
