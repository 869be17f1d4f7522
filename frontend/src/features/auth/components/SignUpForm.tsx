import { valibotResolver } from '@hookform/resolvers/valibot';
import { Trans, useLingui } from '@lingui/react/macro';
import { Controller, useForm } from 'react-hook-form';
import * as v from 'valibot';
import { refusalOf } from '@/api/refusal';
import { Button } from '@/ui/Button';
import { FormError } from '@/ui/ErrorState';
import { TextField } from '@/ui/Field';
import { useSignUp } from '../queries';
import { PasswordField } from './PasswordField';

const shortest = 10;

const schema = v.object({
  name: v.pipe(v.string(), v.trim(), v.nonEmpty()),
  email: v.pipe(v.string(), v.trim(), v.email()),
  password: v.pipe(v.string(), v.minLength(shortest)),
});

export function SignUpForm({ onDone }: { onDone: () => void }) {
  const { t, i18n } = useLingui();
  const signUp = useSignUp({ onDone });
  const refused = refusalOf(signUp.error, ['name', 'email', 'password']);
  const { control, handleSubmit } = useForm({
    resolver: valibotResolver(schema),
    defaultValues: { name: '', email: '', password: '' },
  });
  const submit = handleSubmit((values) => signUp.run({ ...values, locale: i18n.locale }));
  return (
    <form onSubmit={submit} noValidate className="flex flex-col gap-5">
      {refused.summary ? <FormError key={signUp.submittedAt} {...refused.summary} /> : null}
      <Controller
        name="name"
        control={control}
        render={({ field: { ref, ...field }, fieldState: { invalid } }) => (
          <TextField
            {...field}
            inputRef={ref}
            label={t`Name`}
            autoComplete="name"
            isRequired
            error={invalid ? t`Enter what we may call you` : refused.fields.name}
          />
        )}
      />
      <Controller
        name="email"
        control={control}
        render={({ field: { ref, ...field }, fieldState: { invalid } }) => (
          <TextField
            {...field}
            inputRef={ref}
            label={t`Email`}
            type="email"
            autoComplete="username"
            isRequired
            error={invalid ? t`Enter an address like name@example.com` : refused.fields.email}
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
            autoComplete="new-password"
            description={t`At least ${shortest} characters. A few words in a row are good.`}
            error={invalid ? t`Use at least ${shortest} characters` : refused.fields.password}
          />
        )}
      />
      <Button type="submit" variant="primary" size="lg" isPending={signUp.isPending}>
        <Trans>Create account</Trans>
      </Button>
    </form>
  );
}
