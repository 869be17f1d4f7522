import { useLingui } from '@lingui/react/macro';
import { Check, ChevronDown } from 'lucide-react';
import { useMemo, useState, type Ref } from 'react';
import {
  Button,
  Collection,
  ComboBox,
  Group,
  Header,
  Input,
  ListBox,
  ListBoxItem,
  ListBoxSection,
} from 'react-aria-components';
import { cx } from './cx';
import { useEscapeOfList } from './useEscapeOfList';
import { FieldError, Hint, Label, type FieldProps } from './Field';
import { option, Popover } from './Popover';
import { offered, type Choice } from './Select';

export interface ChoiceGroup {
  readonly id: string;
  readonly label: string;
  readonly choices: readonly Choice[];
}

interface ComboboxProps extends FieldProps {
  groups: readonly ChoiceGroup[];
  value: string | null;
  onChange: (value: string | null) => void;
  onFocus?: () => void;
  inputRef?: Ref<HTMLInputElement>;
  placeholder?: string;
  isDisabled?: boolean;
  className?: string;
}

/** A choice among many, found by typing a part of its name. */
export function Combobox({
  label,
  description,
  error,
  groups,
  value,
  onChange,
  onFocus,
  inputRef,
  placeholder,
  className,
  ...props
}: ComboboxProps) {
  const { t } = useLingui();
  const [first] = useState(value);
  const items = useMemo(
    () =>
      groups
        .map((group) => ({ ...group, choices: offered(group.choices, [value, first]) }))
        .filter(({ choices }) => choices.length > 0),
    [groups, value, first],
  );
  const { onOpenChange, ...escape } = useEscapeOfList();
  return (
    <div role="presentation" className="contents" {...escape}>
      <ComboBox
        {...props}
        onOpenChange={onOpenChange}
        defaultItems={items}
        value={value}
        onChange={(key) => onChange(key === null ? null : String(key))}
        menuTrigger="focus"
        isInvalid={error !== undefined}
        validationBehavior="aria"
        className={cx('flex min-w-0 flex-col gap-1.5', className)}
      >
        <Label>{label}</Label>
        <Group className="flex h-10 items-center rounded-control border border-line-strong bg-surface transition-colors hover:border-text-3 data-focus-within:outline-2 data-focus-within:outline-offset-2 data-focus-within:outline-focus data-invalid:border-neg coarse:h-11">
          <Input
            {...(inputRef ? { ref: inputRef } : {})}
            {...(onFocus ? { onFocus } : {})}
            {...(placeholder ? { placeholder } : {})}
            className="h-full w-full min-w-0 rounded-control bg-transparent ps-3 text-base text-text outline-none placeholder:text-text-3 sm:text-md coarse:text-base"
          />
          <Button
            aria-label={t`Show all`}
            className="grid h-full w-9 shrink-0 place-items-center rounded-control text-text-3"
          >
            <ChevronDown aria-hidden className="size-4" />
          </Button>
        </Group>
        {description ? <Hint>{description}</Hint> : null}
        <FieldError>{error}</FieldError>
        <Popover className="max-h-80 w-(--trigger-width) min-w-56">
          <ListBox<ChoiceGroup> className="outline-none" renderEmptyState={() => <Nothing />}>
            {(group) => (
              <ListBoxSection id={group.id}>
                <Header className="px-2.5 pt-2.5 pb-1 text-xs font-medium text-text-3">
                  {group.label}
                </Header>
                <Collection items={group.choices}>
                  {(choice) => (
                    <ListBoxItem id={choice.id} textValue={choice.label} className={option}>
                      {({ isSelected }) => (
                        <>
                          <span className="min-w-0 grow truncate">{choice.label}</span>
                          {isSelected ? <Check aria-hidden className="size-4 text-accent" /> : null}
                        </>
                      )}
                    </ListBoxItem>
                  )}
                </Collection>
              </ListBoxSection>
            )}
          </ListBox>
        </Popover>
      </ComboBox>
    </div>
  );
}

function Nothing() {
  const { t } = useLingui();
  return <p className="px-2.5 py-2 text-md text-text-3">{t`Nothing by that name`}</p>;
}
