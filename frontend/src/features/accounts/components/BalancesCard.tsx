import { Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { formatTime } from '@/lib/dates';
import { Amount, Figure } from '@/ui/Amount';
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
  const [main, ...others] = totals(data.items);
  return (
    <Card title={t`All accounts`} aside={<Trans>as of {at}</Trans>} flush>
      <div className="px-4 pb-1 sm:px-5">
        {main ? <Figure money={main} /> : null}
        {others.length > 0 ? (
          <p className="flex flex-wrap gap-x-5 text-lg font-medium text-text-2">
            {others.map((sum) => (
              <Amount key={sum.currency} money={sum} />
            ))}
          </p>
        ) : null}
      </div>
      {grouped(data.items).map((group) => (
        <AccountRows key={group.id} group={group} />
      ))}
    </Card>
  );
}
