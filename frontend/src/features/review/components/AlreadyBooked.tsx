import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { ExternalLink, TriangleAlert } from 'lucide-react';
import { useId, type Ref } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import type { TransactionMatch } from '@/api/generated/model';
import { formatDay } from '@/lib/dates';
import { money } from '@/lib/money/money';
import { Amount } from '@/ui/Amount';
import { cx } from '@/ui/cx';
import { useLocale } from '@/ui/locale';
import { TextLink } from '@/ui/TextLink';

interface AlreadyBookedProps {
  matches: readonly TransactionMatch[];
  chosenId: string;
  onChoose: (transactionId: string) => void;
  headingRef: Ref<HTMLHeadingElement>;
}

/** Booked transactions that may be the draft under review; the person decides. */
export function AlreadyBooked({ matches, chosenId, onChoose, headingRef }: AlreadyBookedProps) {
  const { locale } = useLocale();
  const id = useId();
  const [first] = matches;
  if (!first) return null;
  const day = formatDay(first.transaction.date, locale);
  const count = matches.length;
  return (
    <section aria-labelledby={id} className="rounded-control bg-warn-soft px-3 py-2.5">
      <h2
        id={id}
        ref={headingRef}
        tabIndex={-1}
        className="flex gap-2.5 text-md font-semibold text-text"
      >
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        {count === 1 ? (
          <Trans>Already booked on {day}?</Trans>
        ) : (
          <Plural
            value={count}
            one="It may be booked already"
            other="It may be one of # that are booked already"
          />
        )}
      </h2>
      {count === 1 ? (
        <Row match={first} className="mt-2" />
      ) : (
        <RadioGroup
          aria-labelledby={id}
          value={chosenId}
          onChange={onChoose}
          className="mt-2 flex flex-col gap-1.5"
        >
          {matches.map((match) => (
            <Row key={match.transaction.id} match={match} isChoice />
          ))}
        </RadioGroup>
      )}
    </section>
  );
}

function Row({
  match,
  isChoice = false,
  className,
}: {
  match: TransactionMatch;
  isChoice?: boolean;
  className?: string;
}) {
  const { t } = useLingui();
  const { locale } = useLocale();
  const { transaction } = match;
  const payee = transaction.payee || transaction.description || t`No payee`;
  const day = formatDay(transaction.date, locale);
  const amount = money(transaction.amount, transaction.currency);
  const words = (
    <span className="min-w-0 grow">
      <span className="block font-medium wrap-anywhere text-text">{payee}</span>
      <span className="block text-sm text-text-2">{day}</span>
    </span>
  );
  return (
    <div className={cx('flex items-center gap-3 rounded-control bg-surface py-1 ps-3', className)}>
      {isChoice ? (
        <Radio
          value={transaction.id}
          className="group flex min-w-0 grow items-center gap-3 rounded-chip text-md outline-none coarse:min-h-11 data-focus-visible:outline-2 data-focus-visible:outline-focus"
        >
          <span
            aria-hidden
            className="size-4 shrink-0 rounded-full border border-line-strong group-data-selected:border-5 group-data-selected:border-accent"
          />
          {words}
          <Amount money={amount} kind="flow" className="text-md font-medium" />
        </Radio>
      ) : (
        <span className="flex min-w-0 grow items-center gap-3 text-md">
          {words}
          <Amount money={amount} kind="flow" className="text-md font-medium" />
        </span>
      )}
      <TextLink
        to="/transactions/$transactionId"
        params={{ transactionId: transaction.id }}
        search={{}}
        target="_blank"
        aria-label={t`Show the transaction ${payee} of ${day} in a new tab`}
        className="inline-flex size-9 shrink-0 items-center justify-center coarse:size-11"
      >
        <ExternalLink aria-hidden className="size-4" />
      </TextLink>
    </div>
  );
}
