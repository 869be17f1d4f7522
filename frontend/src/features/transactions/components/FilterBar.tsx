import { Trans, useLingui } from '@lingui/react/macro';
import { CircleAlert, ListFilter, Search, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import {
  Button as AriaButton,
  Dialog,
  DialogTrigger,
  Group,
  Input,
  SearchField,
  Text,
} from 'react-aria-components';
import { monthOf, today } from '@/lib/dates';
import { Button, IconButton } from '@/ui/Button';
import { Combobox, type ChoiceGroup } from '@/ui/Combobox';
import { Popover } from '@/ui/Popover';
import { Select, type Choice } from '@/ui/Select';
import { periods, type Filters } from '../model';
import { faultWords, type SearchFault } from '../search';

interface FilterBarProps {
  filters: Filters;
  onChange: (filters: Filters) => void;
  accounts: readonly Choice[];
  categories: readonly ChoiceGroup[];
  /** The search that was last sent, where it is not understood. */
  fault?: SearchFault | undefined;
}

export function FilterBar({ filters, onChange, accounts, categories, fault }: FilterBarProps) {
  const { t } = useLingui();
  const chosen = useChosen(filters, accounts, categories);
  return (
    <div className="flex flex-wrap items-start gap-2">
      <SearchWords
        value={filters.q ?? ''}
        fault={fault}
        onChange={(q) => onChange({ ...filters, q: q || undefined })}
      />
      <DialogTrigger>
        <Button>
          <ListFilter aria-hidden className="size-4" />
          <Trans>Filter</Trans>
        </Button>
        <Popover placement="bottom end" className="w-80 p-4">
          <Dialog aria-label={t`Filter`} className="outline-none">
            <FilterForm
              filters={filters}
              onChange={onChange}
              accounts={accounts}
              categories={categories}
            />
          </Dialog>
        </Popover>
      </DialogTrigger>
      {chosen.map(({ id, label, without }) => (
        <span
          key={id}
          className="inline-flex h-9 max-w-full items-center gap-1 rounded-control bg-accent-soft ps-3 text-md font-medium text-accent coarse:h-11"
        >
          <span className="truncate">{label}</span>
          <IconButton
            label={t`Remove the filter ${label}`}
            className="text-accent hover:bg-transparent"
            onPress={() => onChange(without)}
          >
            <X aria-hidden className="size-4" />
          </IconButton>
        </span>
      ))}
    </div>
  );
}

/** Typing rests for a moment before the list follows. */
function SearchWords({
  value,
  fault,
  onChange,
}: {
  value: string;
  fault: SearchFault | undefined;
  onChange: (words: string) => void;
}) {
  const { t } = useLingui();
  const [words, setWords] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const sent = useRef(value);
  useEffect(() => {
    // The address changed by itself: back, forward, a link.
    if (value !== sent.current) setWords(value);
    sent.current = value;
  }, [value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const send = (next: string) => {
    sent.current = next;
    onChange(next);
  };
  return (
    <SearchField
      aria-label={t`Search transactions`}
      isInvalid={fault !== undefined}
      validationBehavior="aria"
      value={words}
      onChange={(next) => {
        setWords(next);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => send(next), 250);
      }}
      onSubmit={(next) => {
        clearTimeout(timer.current);
        send(next);
      }}
      className="group flex min-w-40 grow basis-40 flex-col gap-1.5 sm:max-w-sm"
    >
      <Group className="flex h-9 items-center rounded-control border border-line-strong bg-surface transition-colors focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus hover:border-text-3 coarse:h-11">
        <Search aria-hidden className="ms-3 size-4 shrink-0 text-text-3" />
        <Input
          placeholder={t`Payee or words`}
          className="h-full w-full min-w-0 rounded-control bg-transparent px-2.5 text-base outline-none placeholder:text-text-3 sm:text-md coarse:text-base [&::-webkit-search-cancel-button]:hidden"
        />
        <AriaButton
          aria-label={t`Clear the search`}
          className="grid size-9 shrink-0 place-items-center rounded-control text-text-3 group-data-empty:invisible"
        >
          <X aria-hidden className="size-4" />
        </AriaButton>
      </Group>
      {fault ? (
        <Text
          slot="description"
          className="flex items-start gap-1.5 text-sm wrap-anywhere text-text-2"
        >
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
          <span role="status">{faultWords(fault)}</span>
        </Text>
      ) : null}
    </SearchField>
  );
}

/** Closed and archived choices stay: their entries can still be searched for. */
const inUse = (choice: Choice): Choice => ({ ...choice, isRetired: false });

function FilterForm({ filters, onChange, accounts, categories }: FilterBarProps) {
  const { t } = useLingui();
  const any = { id: 'any', label: t`Any` };
  const names = usePeriodNames();
  const all = periods(monthOf(today()));
  const period = all.find(({ from, to }) => from === filters.from && to === filters.to);
  return (
    <div className="flex flex-col gap-4">
      <Select
        label={t`Period`}
        choices={all.map(({ id }) => ({ id, label: names[id] ?? id }))}
        value={period?.id ?? null}
        placeholder={t`Own period`}
        onChange={(id) => {
          const next = all.find((one) => one.id === id);
          onChange({ ...filters, from: next?.from, to: next?.to });
        }}
      />
      <Select
        label={t`Account`}
        choices={[any, ...accounts.map(inUse)]}
        value={filters.account_id ?? 'any'}
        onChange={(id) => onChange({ ...filters, account_id: id === 'any' ? undefined : id })}
      />
      <Combobox
        label={t`Category`}
        placeholder={t`Any`}
        groups={categories.map((group) => ({ ...group, choices: group.choices.map(inUse) }))}
        value={filters.category_id ?? null}
        onChange={(id) => onChange({ ...filters, category_id: id ?? undefined })}
      />
    </div>
  );
}

function usePeriodNames(): Record<string, string> {
  const { t } = useLingui();
  return {
    all: t`All time`,
    'this-month': t`This month`,
    'last-month': t`Last month`,
    'this-year': t`This year`,
  };
}

function useChosen(
  filters: Filters,
  accounts: readonly Choice[],
  categories: readonly ChoiceGroup[],
): { id: string; label: string; without: Filters }[] {
  const names = usePeriodNames();
  const chosen: { id: string; label: string; without: Filters }[] = [];
  const { from, to, account_id: account, category_id: category } = filters;
  if (from || to) {
    const named = periods(monthOf(today())).find((one) => one.from === from && one.to === to);
    const label = named ? (names[named.id] ?? named.id) : `${from ?? '…'} – ${to ?? '…'}`;
    chosen.push({ id: 'period', label, without: { ...filters, from: undefined, to: undefined } });
  }
  if (account) {
    const label = accounts.find(({ id }) => id === account)?.label ?? account;
    chosen.push({ id: 'account', label, without: { ...filters, account_id: undefined } });
  }
  if (category) {
    const choices = categories.flatMap((group) => group.choices);
    const label = choices.find(({ id }) => id === category)?.label ?? category;
    chosen.push({ id: 'category', label, without: { ...filters, category_id: undefined } });
  }
  return chosen;
}
