import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { CheckCheck } from 'lucide-react';
import { useState } from 'react';
import type { Document, Draft } from '@/api/generated/model';
import { describe } from '@/api/words';
import { Button } from '@/ui/Button';
import { FormError } from '@/ui/ErrorState';
import { Select } from '@/ui/Select';
import { notify } from '@/ui/Toast';
import { isWaiting } from '../model';
import { useAcceptDocument } from '../queries';
import type { AccountChoice } from './DraftForm';

interface AcceptAllProps {
  document: Document;
  drafts: readonly Draft[];
  accounts: readonly AccountChoice[];
}

/** A statement is of one account: it is chosen once, then everything is booked in one act. */
export function AcceptAll({ document, drafts, accounts }: AcceptAllProps) {
  const { t } = useLingui();
  const accept = useAcceptDocument(document, {
    onDone: () => notify({ text: t`All entries are booked` }),
  });
  const waiting = drafts.filter(isWaiting);
  const without = waiting.filter(({ account_id: id }) => id === null);
  const only = accounts.length === 1 ? accounts[0]?.id : undefined;
  const [accountId, setAccountId] = useState<string | null>(document.account_id ?? only ?? null);
  const [isMissing, setMissing] = useState(false);
  const count = waiting.length;

  const run = () => {
    if (without.length > 0 && accountId === null) {
      setMissing(true);
      return;
    }
    accept.run({ without, accountId });
  };

  return (
    <div className="flex flex-col gap-3 border-b border-line p-5">
      {accept.error ? <FormError key={accept.submittedAt} {...describe(accept.error)} /> : null}
      <div className="flex flex-wrap items-end gap-3">
        {without.length > 0 ? (
          <Select
            className="min-w-48 grow sm:max-w-64"
            label={t`Account of this statement`}
            placeholder={t`Choose an account`}
            choices={accounts}
            value={accountId}
            onChange={(id) => {
              setAccountId(id);
              setMissing(false);
            }}
            error={isMissing ? t`Choose the account it belongs to` : undefined}
          />
        ) : null}
        <Button
          variant="primary"
          size="lg"
          onPress={run}
          isPending={accept.isPending}
          className="max-sm:grow"
        >
          <CheckCheck aria-hidden className="size-4" />
          {accept.isPending ? (
            <Trans>Booking…</Trans>
          ) : (
            <Plural value={count} one="Accept the entry" other="Accept all # entries" />
          )}
        </Button>
      </div>
    </div>
  );
}
