import { CircleAlert } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import {
  FieldError as AriaFieldError,
  Input,
  Label as AriaLabel,
  Text,
  TextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from 'react-aria-components';
import { cx } from './cx';

/** One look for everything that is typed or chosen into; 16 px on phones, where less makes iOS zoom. */
export const control = cx(
  'w-full min-w-0 rounded-control border border-line-strong bg-surface px-3 text-text placeholder:text-text-3',
  'h-10 text-base sm:text-md coarse:h-11 coarse:text-base transition-colors',
  'hover:border-text-3 data-invalid:border-neg disabled:bg-sunken disabled:text-text-3 disabled:border-line',
);

export function Label({ children }: { children: ReactNode }) {
  return <AriaLabel className="text-sm font-medium text-text-2">{children}</AriaLabel>;
}

export function Hint({ children }: { children: ReactNode }) {
  return (
    <Text slot="description" className="text-sm text-text-3">
      {children}
    </Text>
  );
}

export function FieldError({ children }: { children: ReactNode }) {
  return (
    <AriaFieldError className="flex items-start gap-1.5 text-sm text-neg">
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>{children}</span>
    </AriaFieldError>
  );
}

export interface FieldProps {
  label: string;
  description?: ReactNode;
  error?: string | undefined;
}

interface TextFieldProps extends FieldProps, Omit<AriaTextFieldProps, 'className' | 'children'> {
  inputRef?: Ref<HTMLInputElement>;
  placeholder?: string;
  multiline?: boolean;
  className?: string;
}

export function TextField({
  label,
  description,
  error,
  inputRef,
  placeholder,
  multiline = false,
  className,
  ...props
}: TextFieldProps) {
  return (
    <AriaTextField
      {...props}
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className={cx('flex min-w-0 flex-col gap-1.5', className)}
    >
      <Label>{label}</Label>
      {multiline ? (
        <TextArea
          rows={3}
          {...(placeholder ? { placeholder } : {})}
          className={cx(control, 'h-auto coarse:h-auto resize-y py-2')}
        />
      ) : (
        <Input
          {...(inputRef ? { ref: inputRef } : {})}
          {...(placeholder ? { placeholder } : {})}
          className={control}
        />
      )}
      {description ? <Hint>{description}</Hint> : null}
      <FieldError>{error}</FieldError>
    </AriaTextField>
  );
}
