import { Trans, useLingui } from '@lingui/react/macro';
import { useId } from 'react';
import type { Transaction } from '@/api/generated/model';
import { money } from '@/lib/money/money';
import { Amount } from '@/ui/Amount';
import type { ChoiceGroup } from '@/ui/Combobox';

interface SplitsProps {
  of: Pick<Transaction, 'splits' | 'currency'>;
  names: readonly ChoiceGroup[];
}

/** The parts of an entry that is divided among categories. */
export function Splits({ of: { splits, currency }, names }: SplitsProps) {
  const { t } = useLingui();
  const id = useId();
  const choices = names.flatMap((group) => group.choices);
  return (
    <div className="flex flex-col gap-1.5">
      <p id={id} className="text-sm font-medium text-text-2">
        <Trans>Categories</Trans>
      </p>
      <ul
        aria-labelledby={id}
        className="divide-y divide-line rounded-control border border-line text-md"
      >
        {splits.map(({ category_id: category, amount, memo }, at) => (
          // oxlint-disable-next-line react/no-array-index-key -- the parts have no other name
          <li key={at} className="flex items-baseline justify-between gap-4 px-3 py-2">
            <span className="min-w-0">
              <span className="block truncate">
                {choices.find((one) => one.id === category)?.label ?? t`No category`}
              </span>
              {memo ? <span className="block truncate text-sm text-text-3">{memo}</span> : null}
            </span>
            <Amount money={money(amount, currency)} />
          </li>
        ))}
      </ul>
    </div>
  );
}
