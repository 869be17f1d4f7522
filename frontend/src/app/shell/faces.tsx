import { Trans } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { meQuery } from '@/features/auth/queries';
import { cx } from '@/ui/cx';

/** What the buttons of the menus look like, before their menus are loaded and after. */

export interface AddMenuProps {
  className: string;
  /** Only the plus, as on a phone. */
  isBare?: boolean;
  /** It was pressed before it was loaded. */
  isOpenAtOnce?: boolean;
}

export function AddFace({ isBare = false }: Pick<AddMenuProps, 'isBare'>) {
  return (
    <>
      <Plus aria-hidden className="size-5" />
      {isBare ? null : (
        <span className="sr-only lg:not-sr-only">
          <Trans>Add</Trans>
        </span>
      )}
    </>
  );
}

export interface AccountMenuProps {
  place: 'rail' | 'bar';
  /** It was pressed before it was loaded. */
  isOpenAtOnce?: boolean;
}

export const accountButton = (place: AccountMenuProps['place']) =>
  cx(
    'flex items-center gap-2.5 rounded-control text-start transition-colors hover:bg-hover',
    place === 'rail'
      ? 'w-full justify-center p-1.5 lg:justify-start'
      : '-me-1.5 p-1.5 coarse:min-h-11 coarse:min-w-11 coarse:justify-center',
  );

export function AccountFace({ place }: Pick<AccountMenuProps, 'place'>) {
  const { data: person } = useQuery(meQuery);
  const name = person?.name ?? '';
  const [letter = '·'] = Array.from(name.trim().toUpperCase());
  return (
    <>
      <span className="sr-only">
        <Trans>Account and appearance</Trans>
      </span>
      <span
        aria-hidden
        className="grid size-8 shrink-0 place-items-center rounded-full bg-accent-soft text-sm font-semibold text-accent"
      >
        {letter}
      </span>
      {place === 'rail' ? (
        <span className="hidden min-w-0 grow lg:block">
          <span className="block truncate text-md font-medium text-text">{name}</span>
          <span className="block truncate text-xs text-text-3">{person?.email}</span>
        </span>
      ) : null}
    </>
  );
}
