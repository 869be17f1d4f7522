import { Trans, useLingui } from '@lingui/react/macro';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { FileText, Trash2 } from 'lucide-react';
import type { Transaction } from '@/api/generated/model';
import { formatInstant } from '@/lib/dates';
import { Amount } from '@/ui/Amount';
import { Button, LinkButton } from '@/ui/Button';
import type { ChoiceGroup } from '@/ui/Combobox';
import { FormError } from '@/ui/ErrorState';
import { describe } from '@/api/words';
import { useLocale } from '@/ui/locale';
import { notify } from '@/ui/Toast';
import { valuesOf } from '../form';
import { amountOf } from '../model';
import { nameOf } from '../names';
import { restore, transactionQuery, useDeleteTransaction, useUpdateTransaction } from '../queries';
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
          // What was typed belongs to one version.
          key={transaction.version}
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
  const cache = useQueryClient();
  const update = useUpdateTransaction(transaction);
  const remove = useDeleteTransaction(transaction);
  const payee = nameOf(transaction);
  const deleteIt = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        onDone();
        notify({
          text: t`Deleted: ${payee}`,
          action: { label: t`Undo`, run: () => void restore(cache, transaction) },
        });
      },
    });
  return (
    <>
      {remove.error ? <FormError key={remove.submittedAt} {...describe(remove.error)} /> : null}
      <TransactionForm
        initial={valuesOf(transaction)}
        accounts={accounts}
        categories={categories}
        isKindFixed
        isPending={update.isPending}
        error={update.error}
        submit={(request) =>
          update.mutate(request, {
            onSuccess: () => {
              notify({ text: t`Saved: ${payee}` });
              onDone();
            },
          })
        }
      />
      <Button variant="danger" onPress={deleteIt} isPending={remove.isPending}>
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
