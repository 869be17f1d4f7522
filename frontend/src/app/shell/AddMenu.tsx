import { useLingui } from '@lingui/react/macro';
import { useNavigate } from '@tanstack/react-router';
import { FilePlus2, PencilLine } from 'lucide-react';
import { Button } from '@/ui/Button';
import { Menu } from '@/ui/Menu';
import { AddFace, type AddMenuProps } from './faces';

export function AddMenu({ className, isBare = false, isOpenAtOnce = false }: AddMenuProps) {
  const { t } = useLingui();
  const navigate = useNavigate();
  return (
    <Menu
      label={t`Add`}
      defaultOpen={isOpenAtOnce}
      placement={isBare ? 'top' : 'bottom start'}
      acts={[
        {
          id: 'document',
          label: t`Receipt or statement`,
          icon: FilePlus2,
          run: () => void navigate({ to: '/inbox' }),
        },
        {
          id: 'transaction',
          label: t`Transaction by hand`,
          icon: PencilLine,
          run: () => void navigate({ to: '/transactions/new', search: {} }),
        },
      ]}
    >
      <Button variant="primary" className={className} aria-label={t`Add`}>
        <AddFace isBare={isBare} />
      </Button>
    </Menu>
  );
}
