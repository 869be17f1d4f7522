import { useLingui } from '@lingui/react/macro';
import { CircleAlert, CircleCheck, CircleSlash, Eye, LoaderCircle } from 'lucide-react';
import type { Document } from '@/api/generated/model';
import { Chip } from '@/ui/Chip';
import { endingOf } from '../model';
import { statusOf } from '../words';

const looks = {
  received: { tone: 'neutral', icon: LoaderCircle },
  extracting: { tone: 'neutral', icon: LoaderCircle },
  extracted: { tone: 'neutral', icon: LoaderCircle },
  ready: { tone: 'accent', icon: Eye },
  failed: { tone: 'neg', icon: CircleAlert },
} as const;

const endings = {
  booked: { tone: 'pos', icon: CircleCheck },
  partly: { tone: 'pos', icon: CircleCheck },
  rejected: { tone: 'neutral', icon: CircleSlash },
  empty: { tone: 'neutral', icon: CircleSlash },
} as const;

export function StatusChip({ document }: { document: Document }) {
  const { i18n } = useLingui();
  const { status } = document;
  const { tone, icon } = status === 'accepted' ? endings[endingOf(document)] : looks[status];
  return (
    <Chip tone={tone} icon={icon} spin={icon === LoaderCircle}>
      {i18n._(statusOf(document))}
    </Chip>
  );
}
