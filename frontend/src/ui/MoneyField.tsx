import { Trans, useLingui } from '@lingui/react/macro';
import type { Ref } from 'react';
import { Group, Input, TextField } from 'react-aria-components';
import { readAmount } from '@/lib/money/expression';
import { toDecimal } from '@/lib/money/money';
import { cx } from './cx';
import { FieldError, Hint, Label, type FieldProps } from './Field';
import { useLocale } from './locale';
import { useMoney } from './money';

interface MoneyFieldProps extends FieldProps {
  currency: string;
  /** The text as typed; it is never rewritten under the person's hands. */
  value: string;
  onChange: (text: string) => void;
  onBlur?: () => void;
  onFocus?: () => void;
  inputRef?: Ref<HTMLInputElement>;
  name?: string;
  isRequired?: boolean;
  isDisabled?: boolean;
  autoFocus?: boolean;
  className?: string;
}

/** An amount as text: either decimal separator, sums such as 12+3,50, and below it what will be booked. */
export function MoneyField({
  label,
  currency,
  value,
  description,
  error,
  inputRef,
  className,
  ...props
}: MoneyFieldProps) {
  const { locale } = useLocale();
  const write = useMoney();
  const reading = readAmount(value, currency, locale);
  const isPlain = reading.kind === 'amount' && isSameText(value, toDecimal(reading.money));
  return (
    <TextField
      {...props}
      value={value}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      inputMode="decimal"
      autoComplete="off"
      className={cx('flex min-w-0 flex-col gap-1.5', className)}
    >
      <Label>{label}</Label>
      <Group className="flex h-10 items-center rounded-control border border-line-strong bg-surface transition-colors hover:border-text-3 data-focus-within:outline-2 data-focus-within:outline-offset-2 data-focus-within:outline-focus data-invalid:border-neg coarse:h-11">
        <span aria-hidden className="ps-3 text-sm font-medium text-text-3">
          {currency}
        </span>
        <Input
          {...(inputRef ? { ref: inputRef } : {})}
          className="h-full w-full min-w-0 rounded-control bg-transparent px-3 text-end text-base text-text tabular-nums outline-none sm:text-md coarse:text-base"
        />
      </Group>
      {reading.kind === 'amount' && (reading.ambiguous || !isPlain) ? (
        <Hint>
          <Booked amount={write.format(reading.money)} ambiguous={reading.ambiguous} />
        </Hint>
      ) : null}
      {reading.kind === 'unreadable' && error === undefined ? (
        <Unreadable text={value} at={reading.at} />
      ) : null}
      {description ? <Hint>{description}</Hint> : null}
      <FieldError>{error}</FieldError>
    </TextField>
  );
}

function Booked({ amount, ambiguous }: { amount: string; ambiguous: boolean }) {
  if (ambiguous) return <Trans>Read as {amount}. Add the decimals if you meant another.</Trans>;
  return <Trans>That is {amount}</Trans>;
}

function Unreadable({ text, at }: { text: string; at: number }) {
  const { t } = useLingui();
  const rest = text.slice(at);
  return <Hint>{rest === '' ? t`Something is missing at the end` : t`Cannot read “${rest}”`}</Hint>;
}

/** Whether what was typed already looks like the amount that is booked. */
function isSameText(typed: string, decimal: string): boolean {
  const plain = typed.trim().replace(',', '.').replace('−', '-');
  return plain === decimal || `${plain}.00` === decimal || `${plain}0` === decimal;
}
