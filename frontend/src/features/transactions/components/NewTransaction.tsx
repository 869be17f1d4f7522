import { useLingui } from '@lingui/react/macro';
import { useState } from 'react';
import type { ChoiceGroup } from '@/ui/Combobox';
import { notify } from '@/ui/Toast';
import { emptyEntry, requestOf } from '../form';
import { nameOf } from '../names';
import { useCreateTransaction } from '../queries';
import { TransactionForm, type AccountChoice } from './TransactionForm';

interface NewTransactionProps {
  accounts: readonly AccountChoice[];
  categories: readonly ChoiceGroup[];
  accountId: string;
  onDone: (id: string | undefined) => void;
}

export function NewTransaction({ accounts, categories, accountId, onDone }: NewTransactionProps) {
  const { t } = useLingui();
  const [key] = useState(() => crypto.randomUUID());
  const [initial] = useState(() => emptyEntry(accountId));
  const create = useCreateTransaction(key, {
    onDone: (booked) => {
      const payee = nameOf(booked);
      notify({
        text: t`Booked: ${payee}`,
        action: { label: t`Show`, run: () => onDone(booked.id) },
      });
    },
    onLeave: () => onDone(undefined),
  });
  return (
    <TransactionForm
      initial={initial}
      entryCurrency={accounts.find(({ id }) => id === accountId)?.currency ?? ''}
      accounts={accounts}
      categories={categories}
      act={create}
      isSafe={create.isDone}
      submit={(values, amount) => create.run(requestOf(values, amount))}
    />
  );
}
