import { Trans } from '@lingui/react/macro';
import type { Document } from '@/api/generated/model';
import { Card } from '@/ui/Card';
import { Steps } from './Steps';

/** A document that is still being read; the page becomes the review by itself. */
export function UnderWay({ document, label }: { document: Document; label: string }) {
  return (
    <div className="mx-auto w-full max-w-xl">
      <Card title={label}>
        <Steps document={document} />
        <p className="mt-4 text-md text-text-2">
          <Trans>This takes a few seconds. You can leave this page; it goes on by itself.</Trans>
        </p>
      </Card>
    </div>
  );
}
