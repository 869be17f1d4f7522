import { createFileRoute, notFound } from '@tanstack/react-router';

/** Any other address: said inside the app, so that its navigation is at hand. */
export const Route = createFileRoute('/_app/$')({
  loader: () => {
    throw notFound();
  },
});
