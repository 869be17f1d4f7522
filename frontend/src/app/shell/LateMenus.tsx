import { useLingui } from '@lingui/react/macro';
import { lazy, Suspense } from 'react';
import { whenIdle } from '@/lib/idle';
import { Button } from '@/ui/Button';
import {
  AccountFace,
  accountButton,
  AddFace,
  type AccountMenuProps,
  type AddMenuProps,
} from './faces';

// Menus weigh as much as the page they stand beside; until they are here, their buttons are drawn.
const LateAddMenu = lazy(async () => {
  await whenIdle();
  return { default: (await import('./AddMenu')).AddMenu };
});
const LateAccountMenu = lazy(async () => {
  await whenIdle();
  return { default: (await import('./AccountMenu')).AccountMenu };
});

export function AddMenu(props: AddMenuProps) {
  const { t } = useLingui();
  const face = (
    <Button variant="primary" className={props.className} aria-label={t`Add`}>
      <AddFace {...props} />
    </Button>
  );
  return (
    <Suspense fallback={face}>
      <LateAddMenu {...props} />
    </Suspense>
  );
}

export function AccountMenu(props: AccountMenuProps) {
  const face = (
    <span className={accountButton(props.place)}>
      <AccountFace {...props} />
    </span>
  );
  return (
    <Suspense fallback={face}>
      <LateAccountMenu {...props} />
    </Suspense>
  );
}
