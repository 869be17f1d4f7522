import { Trans, useLingui } from '@lingui/react/macro';
import { ZoomIn, ZoomOut } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Document } from '@/api/generated/model';
import { checkSession } from '@/api/session';
import { IconButton } from '@/ui/Button';
import { cx } from '@/ui/cx';
import type { ReadField } from '../model';
import { fieldLabels } from '../words';

interface PageViewerProps {
  document: Document;
  fields: readonly ReadField[];
  /** Index into `fields` of the one whose form field has focus. */
  active: number | null;
  onChoose: (index: number) => void;
}

const zooms = [1, 1.5, 2, 3];

/** The pages as they were read, each field boxed where it was found. */
export function PageViewer({ document, fields, active, onChoose }: PageViewerProps) {
  const { t } = useLingui();
  const [zoom, setZoom] = useState(0);
  const step = (by: number) => setZoom(Math.min(zooms.length - 1, Math.max(0, zoom + by)));
  return (
    <section
      aria-label={t`Document`}
      className="relative flex min-h-0 min-w-0 grow flex-col overflow-hidden rounded-card border border-line bg-sunken"
    >
      <div className="absolute end-2 top-2 z-10 flex max-sm:top-auto max-sm:bottom-2 rounded-control border border-line bg-surface shadow-card">
        <IconButton label={t`Smaller`} isDisabled={zoom === 0} onPress={() => step(-1)}>
          <ZoomOut aria-hidden className="size-4" />
        </IconButton>
        <IconButton
          label={t`Larger`}
          isDisabled={zoom === zooms.length - 1}
          onPress={() => step(1)}
        >
          <ZoomIn aria-hidden className="size-4" />
        </IconButton>
      </div>
      {/* A region that scrolls is reached by the keyboard. */}
      <div
        role="group"
        aria-label={t`Pages`}
        tabIndex={0} // oxlint-disable-line jsx-a11y/no-noninteractive-tabindex -- scrolled by keys
        className="min-h-0 grow overflow-auto p-3 outline-offset-[-2px] sm:p-5"
      >
        <div
          className="mx-auto flex max-w-[44rem] flex-col gap-4"
          style={
            zoom === 0 ? undefined : { width: `${(zooms[zoom] ?? 1) * 100}%`, maxWidth: 'none' }
          }
        >
          {document.pages.map((page) => (
            <Page
              key={page.number}
              documentId={document.id}
              page={page}
              fields={fields}
              active={active}
              onChoose={onChoose}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

function Page({
  documentId,
  page,
  fields,
  active,
  onChoose,
}: Omit<PageViewerProps, 'document'> & {
  documentId: string;
  page: Document['pages'][number];
}) {
  const { t } = useLingui();
  const [isBroken, setBroken] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const number = page.number;
  // A picture is not asked for with `http`: where its token has expired, it comes at the second try.
  const retry = async () => {
    if (attempt === 0 && (await checkSession()) === 'holds') setAttempt(1);
    else setBroken(true);
  };
  if (isBroken) {
    return (
      <p className="rounded-control bg-surface p-6 text-center text-md text-text-2">
        <Trans>The picture of page {number} could not be loaded.</Trans>
      </p>
    );
  }
  return (
    <div className="relative bg-surface shadow-card">
      <img
        key={attempt}
        src={`/api/v1/documents/${encodeURIComponent(documentId)}/pages/${number}?w=1600`}
        alt={t`Page ${number} of the document`}
        width={page.width}
        height={page.height}
        className="block h-auto w-full"
        onError={() => void retry()}
      />
      {fields.map((field, index) =>
        field.box && field.page === number ? (
          <Box
            key={`${field.name}-${field.box.x}-${field.box.y}`}
            field={field}
            page={page}
            isActive={index === active}
            onChoose={() => onChoose(index)}
          />
        ) : null,
      )}
    </div>
  );
}

const percent = (part: number, whole: number) => `${(part / whole) * 100}%`;

function Box({
  field,
  page,
  isActive,
  onChoose,
}: {
  field: ReadField;
  page: Document['pages'][number];
  isActive: boolean;
  onChoose: () => void;
}) {
  const { i18n } = useLingui();
  const ref = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isActive) ref.current?.scrollIntoView({ block: 'center', inline: 'nearest' });
  }, [isActive]);
  const known = fieldLabels[field.name];
  const name = known ? i18n._(known) : field.name;
  const box = field.box ?? { x: 0, y: 0, width: 0, height: 0 };
  return (
    <button
      ref={ref}
      type="button"
      aria-label={`${name}: ${field.text}`}
      title={`${name}: ${field.text}`}
      onClick={onChoose}
      style={{
        left: percent(box.x, page.width),
        top: percent(box.y, page.height),
        width: percent(box.width, page.width),
        height: percent(box.height, page.height),
      }}
      className={cx(
        'absolute -m-1 box-content rounded-chip border-2 p-0.5 transition-colors duration-200',
        // The paper stays white in both themes, and so do the colours of the boxes on it.
        isActive
          ? 'border-[#2b54b8] bg-[#2b54b8]/20'
          : field.isDoubtful
            ? 'border-dashed border-[#8a5a00] bg-[#8a5a00]/10 hover:bg-[#8a5a00]/20'
            : field.target
              ? 'border-[#2b54b8]/45 bg-[#2b54b8]/5 hover:bg-[#2b54b8]/15'
              : 'border-[#6b7280]/40 hover:bg-[#6b7280]/10',
      )}
    />
  );
}
