import { Trans, useLingui } from '@lingui/react/macro';
import { useBlocker } from '@tanstack/react-router';
import { Button } from './Button';
import { Dialog } from './Dialog';

export interface Place {
  readonly pathname: string;
  readonly search: object;
}

interface UnsavedGuardProps {
  isUnsaved: () => boolean;
  /** The part of an address that the form belongs to, the path if absent: with another, it is left. */
  placeOf?: (address: Place) => string;
}

const pathOf = ({ pathname }: Place) => pathname;

/** Stands in a form and keeps what was typed: asks before the form or the tab is left with it. */
export function UnsavedGuard({ isUnsaved, placeOf = pathOf }: UnsavedGuardProps) {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isUnsaved() && placeOf(current) !== placeOf(next),
    enableBeforeUnload: isUnsaved,
    withResolver: true,
  });
  if (blocker.status !== 'blocked') return null;
  return <Question onStay={blocker.reset} onDiscard={blocker.proceed} />;
}

function Question({ onStay, onDiscard }: { onStay: () => void; onDiscard: () => void }) {
  const { t } = useLingui();
  return (
    <Dialog
      title={t`Discard your changes?`}
      role="alertdialog"
      place="middle"
      isOpen
      onClose={onStay}
    >
      <p className="mb-5 text-md text-text-2">
        <Trans>What you entered here is not saved yet.</Trans>
      </p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onPress={onDiscard}>
          <Trans>Discard</Trans>
        </Button>
        <Button
          variant="primary"
          autoFocus // oxlint-disable-line jsx-a11y/no-autofocus -- the answer that loses nothing
          onPress={onStay}
        >
          <Trans>Keep editing</Trans>
        </Button>
      </div>
    </Dialog>
  );
}
