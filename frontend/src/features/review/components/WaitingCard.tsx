import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useSuspenseQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { LinkButton } from '@/ui/Button';
import { Card } from '@/ui/Card';
import { TextLink } from '@/ui/TextLink';
import { waitingQuery } from '../queries';
import { DocumentRow } from './DocumentRow';

const shown = 3;

/** What waits for a decision, the newest first. */
export function WaitingCard() {
  const { t } = useLingui();
  const { data } = useSuspenseQuery(waitingQuery);
  const count = data.items.length;
  if (count === 0) {
    return (
      <Card title={t`Waiting for you`}>
        <p className="flex items-center gap-2.5 py-1 text-md text-text-2">
          <CircleCheck aria-hidden className="size-5 shrink-0 text-pos" />
          <Trans>All done. Nothing waits for review.</Trans>
        </p>
        <LinkButton to="/inbox" className="mt-3">
          <Trans>Add a receipt</Trans>
        </LinkButton>
      </Card>
    );
  }
  return (
    <Card
      title={t`Waiting for you`}
      aside={
        <TextLink to="/inbox">
          <Plural value={count} one="# document" other="# documents" />
        </TextLink>
      }
      flush
    >
      <ul>
        {data.items.slice(0, shown).map((document) => (
          <li key={document.id} className="border-t border-line first:border-t-0">
            <DocumentRow document={document} hasStatus={false} />
          </li>
        ))}
      </ul>
    </Card>
  );
}
