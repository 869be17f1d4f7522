import { Check, ChevronDown } from 'lucide-react';
import { useState, type Ref } from 'react';
import {
  Button,
  ListBox,
  ListBoxItem,
  Select as AriaSelect,
  SelectValue,
} from 'react-aria-components';
import { cx } from './cx';
import { control, FieldError, Hint, Label, type FieldProps } from './Field';
import { option, Popover } from './Popover';

export interface Choice<T extends string = string> {
  readonly id: T;
  readonly label: string;
  readonly detail?: string;
  /** Closed or archived: offered only where it is chosen already. */
  readonly isRetired?: boolean;
}

interface SelectProps<T extends string> extends FieldProps {
  choices: readonly Choice<T>[];
  value: T | null;
  onChange: (value: T) => void;
  onBlur?: () => void;
  onFocus?: () => void;
  placeholder?: string;
  triggerRef?: Ref<HTMLButtonElement>;
  isDisabled?: boolean;
  className?: string;
}

/** The choices to offer: all in use, and a retired one that is or was the value. */
export function offered<T extends string>(
  choices: readonly Choice<T>[],
  values: readonly (string | null)[],
): Choice<T>[] {
  return choices.filter(({ id, isRetired }) => !isRetired || values.includes(id));
}

export function Select<T extends string>({
  label,
  description,
  error,
  choices,
  value,
  onChange,
  onFocus,
  placeholder,
  triggerRef,
  className,
  ...props
}: SelectProps<T>) {
  const [first] = useState(value);
  return (
    <AriaSelect
      {...props}
      {...(placeholder ? { placeholder } : {})}
      value={value}
      onChange={(key) => key !== null && onChange(key as T)}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className={cx('flex min-w-0 flex-col gap-1.5', className)}
    >
      <Label>{label}</Label>
      <Button
        {...(triggerRef ? { ref: triggerRef } : {})}
        {...(onFocus ? { onFocus } : {})}
        className={cx(control, 'flex items-center justify-between gap-2 text-start')}
      >
        <SelectValue className="min-w-0 truncate data-placeholder:text-text-3">
          {({ selectedText, isPlaceholder, defaultChildren }) =>
            isPlaceholder ? defaultChildren : selectedText
          }
        </SelectValue>
        <ChevronDown aria-hidden className="size-4 shrink-0 text-text-3" />
      </Button>
      {description ? <Hint>{description}</Hint> : null}
      <FieldError>{error}</FieldError>
      <Popover className="max-h-80 min-w-(--trigger-width)">
        <ListBox items={offered(choices, [value, first])} className="outline-none">
          {(choice) => (
            <ListBoxItem id={choice.id} textValue={choice.label} className={option}>
              {({ isSelected }) => (
                <>
                  <span className="min-w-0 grow">
                    <span className="block truncate">{choice.label}</span>
                    {choice.detail ? (
                      <span className="block truncate text-sm text-text-3">{choice.detail}</span>
                    ) : null}
                  </span>
                  {isSelected ? <Check aria-hidden className="size-4 text-accent" /> : null}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
