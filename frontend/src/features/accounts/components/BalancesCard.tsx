import { Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { formatTime } from '@/lib/dates';
import { Figure } from '@/ui/Amount';
import { Card } from '@/ui/Card';
import { useLocale } from '@/ui/locale';
import { grouped, totals } from '../model';
import { accountsQuery } from '../queries';
import { AccountRows } from './AccountRows';

export function BalancesCard() {
  const { t } = useLingui();
  const { locale } = useLocale();
  const { data, dataUpdatedAt } = useSuspenseQuery(accountsQuery);
  const at = formatTime(dataUpdatedAt, locale);
  const sums = totals(data.items);
  return (
    <Card title={t`All accounts`} aside={<Trans>as of {at}</Trans>} flush>
      <div className="flex flex-wrap gap-x-8 gap-y-1 px-4 pb-1 sm:px-5">
        {sums.map((sum) => (
          <Figure key={sum.currency} money={sum} />
        ))}
      </div>
      {grouped(data.items).map((group) => (
        <AccountRows key={group.id} group={group} />
      ))}
    </Card>
  );
}
