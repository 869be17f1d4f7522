import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { Button, Dialog, DialogTrigger } from 'react-aria-components';
import { meQuery, useSignOut } from '@/features/auth/queries';
import { Button as ActButton } from '@/ui/Button';
import { Popover } from '@/ui/Popover';
import { Segmented } from '@/ui/Segmented';
import { choose, type Language } from '../i18n';
import { AccountFace, accountButton, type AccountMenuProps } from './faces';
import { chooseTheme, useTheme, type Theme } from '../theme';

/** Who is signed in, how the app looks and speaks, and the way out. */
export function AccountMenu({ place, isOpenAtOnce = false }: AccountMenuProps) {
  const { t } = useLingui();
  const { data: person } = useQuery(meQuery);
  const name = person?.name ?? '';
  return (
    <DialogTrigger defaultOpen={isOpenAtOnce}>
      <Button className={accountButton(place)}>
        <AccountFace place={place} />
      </Button>
      <Popover placement={place === 'rail' ? 'top start' : 'bottom end'} className="w-72 p-4">
        <Dialog aria-label={t`Account and appearance`} className="outline-none">
          <p className="truncate text-md font-semibold">{name}</p>
          <p className="truncate text-sm text-text-3">{person?.email}</p>
          <Appearance />
          <SignOut />
        </Dialog>
      </Popover>
    </DialogTrigger>
  );
}

function Appearance() {
  const { t, i18n } = useLingui();
  const theme = useTheme();
  return (
    <div className="mt-4 flex flex-col gap-4 border-t border-line pt-4">
      <div>
        <p className="mb-1.5 flex items-center gap-1.5 text-sm font-medium text-text-2">
          <ThemeIcon theme={theme} />
          <Trans>Theme</Trans>
        </p>
        <Segmented<Theme>
          label={t`Theme`}
          className="flex w-full"
          value={theme}
          onChange={chooseTheme}
          choices={[
            { id: 'system', label: t`System` },
            { id: 'light', label: t`Light` },
            { id: 'dark', label: t`Dark` },
          ]}
        />
      </div>
      <div>
        <p className="mb-1.5 text-sm font-medium text-text-2">
          <Trans>Language</Trans>
        </p>
        <Segmented<Language>
          label={t`Language`}
          className="flex w-full"
          value={i18n.locale as Language}
          onChange={(language) => void choose(language)}
          choices={[
            { id: 'en', label: 'English' },
            { id: 'de', label: 'Deutsch' },
          ]}
        />
      </div>
    </div>
  );
}

function ThemeIcon({ theme }: { theme: Theme }) {
  const Icon = { system: Monitor, light: Sun, dark: Moon }[theme];
  return <Icon aria-hidden className="size-4" />;
}

function SignOut() {
  const signOut = useSignOut();
  return (
    <ActButton className="mt-5 w-full" isPending={signOut.isPending} onPress={() => signOut.run()}>
      <LogOut aria-hidden className="size-4 rtl:-scale-x-100" />
      <Trans>Sign out</Trans>
    </ActButton>
  );
}
