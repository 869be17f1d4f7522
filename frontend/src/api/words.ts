import { t } from '@lingui/core/macro';
import { Problem } from './problem';

export interface ProblemWords {
  readonly title: string;
  readonly detail: string;
  readonly reference?: string | undefined;
}

/** What happened and what is safe, in the person's language; the server's own sentence where it has one. */
export function describe(error: unknown): ProblemWords {
  if (!(error instanceof Problem)) {
    return {
      title: t`Something went wrong on this page`,
      detail: t`Your books are not affected. Loading it again usually helps.`,
    };
  }
  const reference = [error.slug, error.traceId].filter(Boolean).join(' · ');
  return { ...words(error), reference: error.status === 0 ? undefined : reference };
}

function words(problem: Problem): { title: string; detail: string } {
  switch (problem.slug) {
    case 'offline':
      return {
        title: t`You are offline`,
        detail: t`Nothing was changed. It will work again when the connection is back.`,
      };
    case 'invalid-credentials':
      return {
        title: t`Email or password is not right`,
        detail: t`Check both and try again.`,
      };
    case 'unauthenticated':
      return { title: t`You are signed out`, detail: t`Sign in again to go on.` };
    case 'email-taken':
      return {
        title: t`There is already an account with this email`,
        detail: t`Sign in instead, or use another address.`,
      };
    case 'forbidden':
      return {
        title: t`You may not do this here`,
        detail: t`The owner of these books can give you the right.`,
      };
    case 'not-found':
      return {
        title: t`This is not here`,
        detail: t`It may have been deleted, or it belongs to other books.`,
      };
    case 'version-mismatch':
      return {
        title: t`This was changed elsewhere meanwhile`,
        detail: t`Load it again to see the change, then make yours.`,
      };
    case 'draft-decided':
      return {
        title: t`This was already decided`,
        detail: t`It was accepted or rejected meanwhile, perhaps in another window.`,
      };
    case 'validation-error':
      return {
        title: t`Some of this cannot be used`,
        // The fields and the lines of the summary say what.
        detail: problem.errors.length > 0 ? '' : problem.detail,
      };
    case 'rate-limited':
      return { title: t`Too many requests at once`, detail: waiting(problem.retryAfter) };
    case 'file-too-large':
      return {
        title: t`This file is too large`,
        detail: problem.detail || t`Files may have 10 MB at most.`,
      };
    case 'unsupported-media-type':
      return {
        title: t`This kind of file cannot be read`,
        detail: t`Photos (JPEG, PNG, WebP), OFX and CSV can.`,
      };
    default:
      return problem.status >= 500
        ? {
            title: t`The service did not answer as it should`,
            detail: t`Nothing was changed. Please try again in a moment.`,
          }
        : {
            title: problem.title || t`That was not possible`,
            detail: problem.detail || t`Nothing was changed.`,
          };
  }
}

function waiting(seconds: number | undefined): string {
  return seconds === undefined
    ? t`Please try again in a moment.`
    : t`Please try again in ${seconds} seconds.`;
}
