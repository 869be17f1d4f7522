import { Trans, useLingui } from '@lingui/react/macro';
import { Camera, FileUp } from 'lucide-react';
import { useState, type ChangeEvent, type DragEvent } from 'react';
import { cx } from '@/ui/cx';
import { useMedia } from '@/ui/useMedia';

const accepted = 'image/jpeg,image/png,image/webp,.ofx,.qfx,.csv,text/csv';

const picker =
  'inline-flex h-9 items-center justify-center gap-2 rounded-control px-3.5 text-md font-medium transition-colors coarse:h-11 forced-colors:border ' +
  'has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus';

/** Drop files anywhere on it, choose them, or take a photo. */
export function UploadZone({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const { t } = useLingui();
  const [isOver, setOver] = useState(false);
  const isTouch = useMedia('(pointer: coarse)');

  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles(Array.from(event.dataTransfer.files));
  };
  const onChange = (event: ChangeEvent<HTMLInputElement>) => {
    onFiles(Array.from(event.target.files ?? []));
    event.target.value = ''; // so that the same file can be chosen again
  };

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- a place to drop on; the buttons in it do the same
    <div
      role="group"
      aria-label={t`Add documents`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
      className={cx(
        'flex flex-col items-center rounded-card border border-dashed px-6 py-7 text-center transition-colors',
        isOver ? 'border-accent bg-accent-soft' : 'border-line-strong bg-surface',
      )}
    >
      <p className="text-md font-semibold">
        {isTouch ? (
          <Trans>Add a receipt or statement</Trans>
        ) : (
          <Trans>Drop receipts or statements here</Trans>
        )}
      </p>
      <p className="mt-1 mb-4 text-md text-text-3">
        <Trans>Photos, OFX or CSV, up to 10 MB each</Trans>
      </p>
      <div className="flex flex-wrap justify-center gap-2">
        {isTouch ? (
          <label className={cx(picker, 'bg-accent text-on-accent hover:bg-accent-hover')}>
            <Camera aria-hidden className="size-4" />
            <Trans>Take a photo</Trans>
            <input
              type="file"
              accept="image/*"
              capture="environment"
              className="sr-only"
              onChange={onChange}
            />
          </label>
        ) : null}
        <label
          className={cx(
            picker,
            isTouch
              ? 'border border-line-strong/60 bg-surface hover:bg-hover'
              : 'bg-accent text-on-accent hover:bg-accent-hover',
          )}
        >
          <FileUp aria-hidden className="size-4" />
          <Trans>Choose files</Trans>
          <input
            type="file"
            multiple
            accept={accepted}
            className="sr-only"
            data-testid="files"
            onChange={onChange}
          />
        </label>
      </div>
    </div>
  );
}
