import { useLingui } from '@lingui/react/macro';
import { Eye, EyeOff } from 'lucide-react';
import { useState, type ReactNode, type Ref } from 'react';
import { Group, Input, TextField } from 'react-aria-components';
import { IconButton } from '@/ui/Button';
import { FieldError, Hint, Label } from '@/ui/Field';

interface PasswordFieldProps {
  label: string;
  description?: ReactNode;
  error: string | undefined;
  autoComplete: 'current-password' | 'new-password';
  inputRef: Ref<HTMLInputElement>;
  name: string;
  value: string;
  onChange: (value: string) => void;
  onBlur: () => void;
}

export function PasswordField({
  label,
  description,
  error,
  inputRef,
  ...props
}: PasswordFieldProps) {
  const { t } = useLingui();
  const [isShown, setShown] = useState(false);
  return (
    <TextField
      {...props}
      type={isShown ? 'text' : 'password'}
      isRequired
      isInvalid={error !== undefined}
      validationBehavior="aria"
      className="flex flex-col gap-1.5"
    >
      <Label>{label}</Label>
      <Group className="flex h-10 items-center rounded-control border border-line-strong bg-surface transition-colors hover:border-text-3 data-focus-within:outline-2 data-focus-within:outline-offset-2 data-focus-within:outline-focus data-invalid:border-neg coarse:h-11">
        <Input
          ref={inputRef}
          autoCapitalize="none"
          spellCheck={false}
          className="h-full w-full min-w-0 rounded-control bg-transparent ps-3 text-base outline-none sm:text-md coarse:text-base"
        />
        <IconButton
          label={isShown ? t`Hide the password` : t`Show the password`}
          onPress={() => setShown(!isShown)}
        >
          {isShown ? (
            <EyeOff aria-hidden className="size-4" />
          ) : (
            <Eye aria-hidden className="size-4" />
          )}
        </IconButton>
      </Group>
      {description ? <Hint>{description}</Hint> : null}
      <FieldError>{error}</FieldError>
    </TextField>
  );
}
