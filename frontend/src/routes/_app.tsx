import { createFileRoute } from '@tanstack/react-router';
import { requirePerson } from './-session';

export const Route = createFileRoute('/_app')({
  beforeLoad: ({ context, location }) => requirePerson(context.cache, location.href),
});
