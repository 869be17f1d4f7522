import { t } from '@lingui/core/macro';
import { Problem, type FieldError } from '@/api/problem';

/** A search that the server does not understand: its text, and the first thing that is wrong in it. */
export interface SearchFault {
  readonly text: string;
  readonly at: FieldError;
}

/** The fault of a search; undefined where the request failed for another reason. */
export function searchFault(error: unknown, text: string): SearchFault | undefined {
  if (!(error instanceof Problem) || error.slug !== 'query-invalid') return undefined;
  const [at] = error.errors;
  return { text, at: at ?? { detail: error.detail } };
}

/** The fault, its place and suggestions. The server counts code points, from 1. */
export function faultWords({ text, at }: SearchFault): string {
  const column = at.column ?? 1;
  const characters = Array.from(text);
  const part = characters.slice(column - 1, column - 1 + (at.length ?? 0)).join('');
  const what = whatIsWrong(at, part);
  const said = t`Character ${column}: ${what}`;
  const meant = (at.suggestions ?? []).map((word) => `“${word}”`).join(', ');
  return meant ? `${said} ${t`Did you mean ${meant}?`}` : said;
}

function whatIsWrong({ code, detail }: FieldError, part: string): string {
  switch (code) {
    case 'UNFINISHED':
      return t`Something is missing here.`;
    case 'UNKNOWN_KEY':
      return t`There is no key “${part}”.`;
    case 'BAD_OPERATOR':
      return t`This key can't be compared like that.`;
    case 'BAD_VALUE':
      return t`“${part}” is not a value of this key.`;
    case 'NO_SUCH_NAME':
      return t`Nothing in your books is called “${part}”.`;
    case 'UNEXPECTED':
      return t`“${part}” is not expected here.`;
    case 'TOO_LONG':
    case 'TOO_MANY_TERMS':
    case 'TOO_DEEP':
      return t`This search is too long.`;
    default:
      return detail;
  }
}
