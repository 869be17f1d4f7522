import { useLingui } from '@lingui/react/macro';
import { CircleAlert, CircleCheck, Eye, LoaderCircle } from 'lucide-react';
import type { DocumentStatus } from '@/api/generated/model';
import { Chip } from '@/ui/Chip';
import { statusNames } from '../words';

const looks = {
  received: { tone: 'neutral', icon: LoaderCircle },
  extracting: { tone: 'neutral', icon: LoaderCircle },
  extracted: { tone: 'neutral', icon: LoaderCircle },
  ready: { tone: 'accent', icon: Eye },
  accepted: { tone: 'pos', icon: CircleCheck },
  failed: { tone: 'neg', icon: CircleAlert },
} as const;

export function StatusChip({ status }: { status: DocumentStatus }) {
  const { i18n } = useLingui();
  const { tone, icon } = looks[status];
  return (
    <Chip tone={tone} icon={icon} spin={icon === LoaderCircle}>
      {i18n._(statusNames[status])}
    </Chip>
  );
}
