import { useLingui } from '@lingui/react/macro';
import type { ReactNode } from 'react';
import { Card } from '@/ui/Card';
import { useUploads } from '../useUploads';
import { SendingRow } from './SendingRow';
import { UploadZone } from './UploadZone';

/** Where documents arrive; the list below is told which ones are already shown on their way in. */
export function Inbox({ list }: { list: (shown: ReadonlySet<string>) => ReactNode }) {
  const { t } = useLingui();
  const { sendings, add, retry, dismiss } = useUploads();
  const shown = new Set(sendings.flatMap(({ documentId }) => documentId ?? []));
  return (
    <div className="grid gap-5 xl:grid-cols-[minmax(0,1fr)_24rem] xl:items-start">
      <div className="flex min-w-0 flex-col gap-5 xl:sticky xl:top-8 xl:order-last">
        <UploadZone onFiles={add} />
        {sendings.length > 0 ? (
          <Card title={t`Just added`} flush>
            <ul>
              {sendings.map((sending) => (
                <SendingRow
                  key={sending.key}
                  sending={sending}
                  onRetry={() => retry(sending)}
                  onDismiss={() => dismiss(sending.key)}
                />
              ))}
            </ul>
          </Card>
        ) : null}
      </div>
      <div className="min-w-0">{list(shown)}</div>
    </div>
  );
}
