import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { waitingQuery } from '@/features/review/queries';
import { cx } from '@/ui/cx';
import { Logo } from '@/ui/Logo';
import { AccountMenu, AddMenu } from './LateMenus';
import { destinations } from './destinations';

/** Beside the page from 640 px: icons, and names from 1024 px. */
export function NavRail() {
  const { t } = useLingui();
  return (
    <nav
      aria-label={t`Main`}
      className="fixed inset-y-0 start-0 z-20 hidden w-16 flex-col border-e border-line bg-page px-2.5 py-5 sm:flex lg:w-60 lg:px-4"
    >
      <Link
        to="/"
        className="mb-6 flex items-center justify-center gap-2.5 rounded-control lg:justify-start lg:px-2"
      >
        <Logo />
        <span className="sr-only text-md font-semibold lg:not-sr-only">
          <Trans>Personal Finance</Trans>
        </span>
      </Link>
      <AddMenu className="mb-5 max-lg:px-0 lg:justify-start" />
      <ul className="flex flex-col gap-1">
        {destinations.map((destination) => (
          <li key={destination.to}>
            <NavLink {...destination} place="rail" />
          </li>
        ))}
      </ul>
      <div className="mt-auto">
        <AccountMenu place="rail" />
      </div>
    </nav>
  );
}

/** At the top of a phone. */
export function TopBar() {
  return (
    <header className="sticky top-0 z-20 flex h-14 items-center justify-between border-b border-line bg-page/95 px-4 backdrop-blur sm:hidden">
      <Link to="/" className="flex items-center gap-2.5 rounded-control">
        <Logo />
        <span className="text-md font-semibold">
          <Trans>Personal Finance</Trans>
        </span>
      </Link>
      <AccountMenu place="bar" />
    </header>
  );
}

/** At the bottom of a phone, in reach of the thumb. */
export function TabBar() {
  const { t } = useLingui();
  const [first, second, third, fourth] = destinations;
  return (
    <nav
      aria-label={t`Main`}
      className="fixed inset-x-0 bottom-0 z-20 grid h-(--tab-bar) grid-cols-5 items-start border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      <NavLink {...first} place="tab" />
      <NavLink {...second} place="tab" />
      <div className="grid h-16 place-items-center">
        <AddMenu className="size-12! rounded-full p-0!" isBare />
      </div>
      <NavLink {...third} place="tab" />
      <NavLink {...fourth} place="tab" />
    </nav>
  );
}

function NavLink({
  to,
  label,
  icon: Icon,
  place,
}: (typeof destinations)[number] & { place: 'rail' | 'tab' }) {
  const { i18n } = useLingui();
  return (
    <Link
      to={to}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      className={cx(
        'relative font-medium text-text-2 transition-colors data-[status=active]:text-accent forced-colors:data-[status=active]:underline',
        place === 'rail'
          ? 'flex h-10 items-center justify-center gap-3 rounded-control text-md hover:bg-hover hover:text-text data-[status=active]:bg-accent-soft lg:justify-start lg:px-3'
          : 'flex h-16 min-w-0 flex-col items-center justify-center gap-1 text-xs',
      )}
    >
      <Icon aria-hidden className="size-5 shrink-0" strokeWidth={1.9} />
      <span className={place === 'rail' ? 'sr-only lg:not-sr-only' : 'max-w-full truncate px-0.5'}>
        {i18n._(label)}
      </span>
      {to === '/inbox' ? <WaitingCount place={place} /> : null}
    </Link>
  );
}

function WaitingCount({ place }: { place: 'rail' | 'tab' }) {
  const { data } = useQuery(waitingQuery);
  const count = data?.items.length ?? 0;
  if (count === 0) return null;
  return (
    <span
      className={cx(
        'grid h-5 min-w-5 place-items-center rounded-full bg-accent px-1.5 text-xs font-semibold text-on-accent tabular-nums',
        place === 'tab'
          ? 'absolute start-1/2 top-2 ms-1 ring-2 ring-surface'
          : 'absolute start-7 top-0 lg:static lg:ms-auto',
      )}
    >
      <span aria-hidden>{data?.next_cursor ? `${count}+` : count}</span>
      <span className="sr-only">
        <Plural value={count} one="# document waits for you" other="# documents wait for you" />
      </span>
    </span>
  );
}
