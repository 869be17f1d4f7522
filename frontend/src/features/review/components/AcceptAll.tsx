import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { CheckCheck } from 'lucide-react';
import { useState } from 'react';
import type { Draft } from '@/api/generated/model';
import type { Act } from '@/api/useAct';
import { describe } from '@/api/words';
import { Button } from '@/ui/Button';
import { FormError } from '@/ui/ErrorState';
import { Select } from '@/ui/Select';
import { isWaiting } from '../model';
import type { GivenAccount } from '../queries';
import { fits, unplaced, type Unplaced } from '../statements';
import type { AccountChoice } from './DraftForm';

interface AcceptAllProps {
  accept: Act<readonly GivenAccount[]>;
  drafts: readonly Draft[];
  accounts: readonly AccountChoice[];
  /** The account that was named when the file was added. */
  ownAccountId: string | null;
}

/** The account of each statement is chosen once, then everything is booked in one act. */
export function AcceptAll({ accept, drafts, accounts, ownAccountId }: AcceptAllProps) {
  const [chosen, setChosen] = useState<ReadonlyMap<string | null, string>>(new Map());
  const [isMissing, setMissing] = useState(false);
  const waiting = drafts.filter(isWaiting);
  const count = waiting.length;
  const bare = waiting.filter(({ category_id: id }) => id === null).length;
  const statements = unplaced(drafts, accounts).map((one) => {
    const fitting = accounts.filter(({ currency }) => fits(one, currency));
    const only = one.name === null && fitting.length === 1 ? fitting[0]?.id : undefined;
    const id = chosen.get(one.name) ?? (one.name === null ? ownAccountId : null) ?? only;
    const account = accounts.find((known) => known.id === id);
    return { one, account, isPlaced: account && fits(one, account.currency) };
  });

  const run = () => {
    if (statements.some(({ isPlaced }) => !isPlaced)) {
      setMissing(true);
      return;
    }
    accept.run(
      statements.flatMap(({ account, one }) =>
        account ? one.drafts.map((draft) => ({ draft, accountId: account.id })) : [],
      ),
    );
  };

  return (
    <div className="flex flex-col gap-3 border-b border-line p-5">
      {accept.error ? <FormError key={accept.submittedAt} {...describe(accept.error)} /> : null}
      <div className="flex flex-wrap items-end gap-3">
        {statements.map(({ one, account }) => (
          <StatementAccount
            key={one.name ?? ''}
            statement={one}
            account={account}
            accounts={accounts}
            isMissing={isMissing}
            onChoose={(id) => {
              setChosen((before) => new Map(before).set(one.name, id));
              setMissing(false);
            }}
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
      {bare > 0 ? (
        <p className="text-sm text-text-2">
          <Plural
            value={bare}
            one="# has no category yet and is booked without one."
            other="# have no category yet and are booked without one."
          />
        </p>
      ) : null}
    </div>
  );
}

function StatementAccount({
  statement,
  account,
  accounts,
  isMissing,
  onChoose,
}: {
  statement: Unplaced;
  account: AccountChoice | undefined;
  accounts: readonly AccountChoice[];
  isMissing: boolean;
  onChoose: (accountId: string) => void;
}) {
  const { t } = useLingui();
  const { name } = statement;
  const fault = () => {
    if (!account) return isMissing ? t`Choose the account it belongs to` : undefined;
    const { currency } = account;
    if (fits(statement, currency)) return undefined;
    const entries = Array.from(statement.currencies).join(', ');
    return t`This account is in ${currency}, the entries are in ${entries}`;
  };
  return (
    <Select
      className="min-w-48 grow sm:max-w-64"
      label={name === null ? t`Account of this statement` : t`Account of ${name}`}
      placeholder={t`Choose an account`}
      choices={accounts}
      value={account?.id ?? null}
      onChange={onChoose}
      error={fault()}
    />
  );
}
