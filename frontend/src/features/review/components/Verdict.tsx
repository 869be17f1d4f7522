import { Trans, useLingui } from '@lingui/react/macro';
import { Check, CopyPlus, Paperclip, X } from 'lucide-react';
import { Button } from '@/ui/Button';

interface VerdictProps {
  /** Something in the books may be this: booking needs an explicit choice. */
  isAsked: boolean;
  isReceipt: boolean;
  pending: 'accept' | 'attach' | 'reject' | undefined;
  onAttach: () => void;
  onAnyway: () => void;
  onReject: () => void;
}

/** The decision on a draft, always in reach at the end of its form. */
export function Verdict({
  isAsked,
  isReceipt,
  pending,
  onAttach,
  onAnyway,
  onReject,
}: VerdictProps) {
  const { t } = useLingui();
  const Icon = isReceipt ? Paperclip : Check;
  const reject = (
    <Button size="lg" className="max-sm:px-3" isPending={pending === 'reject'} onPress={onReject}>
      <X aria-hidden className="size-4" />
      <Trans>Reject</Trans>
    </Button>
  );
  return (
    <div
      role="group"
      aria-label={t`Decision`}
      className="sticky bottom-0 -mx-5 -mb-5 flex flex-wrap gap-2 rounded-b-card border-t border-line bg-surface px-5 py-3 max-sm:bottom-(--tab-bar) lg:-bottom-5"
    >
      {isAsked ? (
        <>
          {/* Enter in a field leads to the question; without a submit button it would do nothing. */}
          <button type="submit" hidden aria-label={t`Decide`} />
          <Button
            variant="primary"
            size="lg"
            className="grow basis-full max-sm:px-3"
            isPending={pending === 'attach'}
            onPress={onAttach}
          >
            <Icon aria-hidden className="size-4" />
            {isReceipt ? <Trans>Attach the picture to it</Trans> : <Trans>It is this one</Trans>}
          </Button>
          <Button
            size="lg"
            className="grow max-sm:px-3"
            isPending={pending === 'accept'}
            onPress={onAnyway}
          >
            <CopyPlus aria-hidden className="size-4" />
            <Trans>Book anyway</Trans>
          </Button>
        </>
      ) : (
        <Button
          type="submit"
          variant="primary"
          size="lg"
          className="grow max-sm:px-3"
          isPending={pending === 'accept'}
        >
          <Check aria-hidden className="size-4" />
          <Trans>Accept and book</Trans>
        </Button>
      )}
      {reject}
    </div>
  );
}
