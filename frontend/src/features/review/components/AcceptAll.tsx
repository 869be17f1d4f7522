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
import { unplaced } from '../statements';
import type { AccountChoice } from './DraftForm';

interface AcceptAllProps {
  document: Document;
  drafts: readonly Draft[];
  accounts: readonly AccountChoice[];
}

/** The account of each statement is chosen once, then everything is booked in one act. */
export function AcceptAll({ document, drafts, accounts }: AcceptAllProps) {
  const { t } = useLingui();
  const accept = useAcceptDocument(document, {
    onDone: () => notify({ text: t`All entries are booked` }),
  });
  const waiting = drafts.filter(isWaiting);
  const statements = unplaced(drafts);
  const only = accounts.length === 1 ? accounts[0]?.id : undefined;
  const [chosen, setChosen] = useState<ReadonlyMap<string | null, string | null>>(
    () => new Map([[null, document.account_id ?? only ?? null]]),
  );
  const [isMissing, setMissing] = useState(false);
  const count = waiting.length;

  const run = () => {
    const given = statements.flatMap(({ name, drafts: ofOne }) => {
      const accountId = chosen.get(name) ?? null;
      return accountId === null ? [] : ofOne.map((draft) => ({ draft, accountId }));
    });
    if (statements.some(({ name }) => (chosen.get(name) ?? null) === null)) {
      setMissing(true);
      return;
    }
    accept.run(given);
  };

  return (
    <div className="flex flex-col gap-3 border-b border-line p-5">
      {accept.error ? <FormError key={accept.submittedAt} {...describe(accept.error)} /> : null}
      <div className="flex flex-wrap items-end gap-3">
        {statements.map(({ name }) => (
          <Select
            key={name ?? ''}
            className="min-w-48 grow sm:max-w-64"
            label={name === null ? t`Account of this statement` : t`Account of ${name}`}
            placeholder={t`Choose an account`}
            choices={accounts}
            value={chosen.get(name) ?? null}
            onChange={(id) => {
              setChosen((before) => new Map(before).set(name, id));
              setMissing(false);
            }}
            error={
              isMissing && (chosen.get(name) ?? null) === null
                ? t`Choose the account it belongs to`
                : undefined
            }
          />
        ))}
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
