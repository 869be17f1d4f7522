import { useLingui } from '@lingui/react/macro';
import { lazy, Suspense, useState, type ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { Button } from '@/ui/Button';
import { useQuiet } from '@/ui/useQuiet';
import {
  AccountFace,
  accountButton,
  AddFace,
  type AccountMenuProps,
  type AddMenuProps,
} from './faces';

// Menus weigh as much as the page they stand beside: their buttons are drawn at once, what they open is
// fetched when the page has its figures, or when it is wanted before.
const LateAddMenu = lazy(async () => ({ default: (await import('./AddMenu')).AddMenu }));
const LateAccountMenu = lazy(async () => ({
  default: (await import('./AccountMenu')).AccountMenu,
}));

function Late({
  face,
  menu,
}: {
  face: (want: () => void) => ReactNode;
  menu: (isWanted: boolean) => ReactNode;
}) {
  const isQuiet = useQuiet();
  const [isWanted, setWanted] = useState(false);
  const drawn = face(() => setWanted(true));
  if (!isQuiet && !isWanted) return drawn;
  return <Suspense fallback={drawn}>{menu(isWanted)}</Suspense>;
}

export function AddMenu(props: AddMenuProps) {
  const { t } = useLingui();
  return (
    <Late
      face={(want) => (
        <Button variant="primary" className={props.className} aria-label={t`Add`} onPress={want}>
          <AddFace {...props} />
        </Button>
      )}
      menu={(isWanted) => <LateAddMenu {...props} isOpenAtOnce={isWanted} />}
    />
  );
}

export function AccountMenu(props: AccountMenuProps) {
  return (
    <Late
      face={(want) => (
        <AriaButton className={accountButton(props.place)} onPress={want}>
          <AccountFace {...props} />
        </AriaButton>
      )}
      menu={(isWanted) => <LateAccountMenu {...props} isOpenAtOnce={isWanted} />}
    />
  );
}
