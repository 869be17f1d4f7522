import { valibotResolver } from '@hookform/resolvers/valibot';
import { Trans, useLingui } from '@lingui/react/macro';
import { Controller, useForm } from 'react-hook-form';
import * as v from 'valibot';
import { refusalOf } from '@/api/refusal';
import { Button } from '@/ui/Button';
import { TextField } from '@/ui/Field';
import { FormError } from '@/ui/ErrorState';
import { useSignIn } from '../queries';
import { PasswordField } from './PasswordField';

const schema = v.object({
  email: v.pipe(v.string(), v.trim(), v.nonEmpty()),
  password: v.pipe(v.string(), v.nonEmpty()),
});

export function SignInForm({ email = '', onDone }: { email?: string; onDone: () => void }) {
  const { t } = useLingui();
  const signIn = useSignIn({ onDone });
  const refused = refusalOf(signIn.error, ['email', 'password']);
  const { control, handleSubmit } = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { email, password: '' },
  });
  const submit = handleSubmit((values) => signIn.run(values));
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-5">
      {refused.summary ? <FormError key={signIn.submittedAt} {...refused.summary} /> : null}
      <Controller
        name="email"
        control={control}
        render={({ field: { ref, ...field }, fieldState: { invalid } }) => (
          <TextField
            {...field}
            inputRef={ref}
            label={t`Email`}
            type="email"
            autoComplete="username webauthn"
            isRequired
            error={invalid ? t`Enter your email address` : refused.fields.email}
          />
        )}
      />
      <Controller
        name="password"
        control={control}
        render={({ field: { ref, ...field }, fieldState: { invalid } }) => (
          <PasswordField
            {...field}
            inputRef={ref}
            label={t`Password`}
            autoComplete="current-password"
            error={invalid ? t`Enter your password` : refused.fields.password}
          />
        )}
      />
      <Button type="submit" variant="primary" size="lg" isPending={signIn.isPending}>
        <Trans>Sign in</Trans>
      </Button>
    </form>
  );
}
