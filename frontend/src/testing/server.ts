import { HttpResponse, type JsonBodyType } from 'msw';
import { setupServer } from 'msw/node';

/**
 * The gateway of a component test. It answers only what the test defines with `server.use(...)`; any
 * other request fails. `setup.ts` starts it, and resets its handlers after every test.
 */
export const server = setupServer();

/** The address of an endpoint, for msw's handlers: `http.get(api('/accounts'), ...)`. */
export const api = (path: string) => `${location.origin}/api/v1${path}`;

/** A list as the gateway answers it, all on one page. */
export function page<Item extends JsonBodyType>(items: readonly Item[]) {
  return HttpResponse.json({ items, next_cursor: null });
}

interface Refusal {
  status: number;
  /** The last part of the problem's type, `validation-error`. */
  slug?: string;
  title?: string;
  detail?: string;
  errors?: readonly { pointer: string; detail: string; code?: string }[];
}

/** A refusal as the gateway answers it (RFC 9457). */
export function problem({
  status,
  slug = 'validation-error',
  title = 'Refused',
  ...rest
}: Refusal) {
  return HttpResponse.json(
    { type: `/problems/${slug}`, title, status, ...rest },
    { status, headers: { 'Content-Type': 'application/problem+json' } },
  );
}
