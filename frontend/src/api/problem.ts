export interface FieldError {
  /** JSON pointer into the request body, `/amount`; empty or absent when no field is to blame. */
  readonly pointer?: string | null;
  readonly detail: string;
  readonly code?: string | null;
  /** In the text of a search: where the fault begins, in code points from 1, and how long it is. */
  readonly column?: number | null;
  readonly length?: number | null;
  readonly suggestions?: readonly string[] | null;
}

interface ProblemBody {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string | null;
  readonly trace_id?: string | null;
  readonly errors?: readonly FieldError[] | null;
}

/** Every way a request can fail, as RFC 9457 says it; `offline` is status 0. */
export class Problem extends Error {
  readonly slug: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly traceId: string | undefined;
  readonly errors: readonly FieldError[];
  /** Seconds to wait before trying again, where the server said so. */
  readonly retryAfter: number | undefined;

  constructor(body: ProblemBody, status: number, retryAfter?: number) {
    super(body.title ?? `status ${status}`);
    this.name = 'Problem';
    this.slug = body.type?.split('/').at(-1) ?? 'unknown';
    this.status = status;
    this.title = body.title ?? '';
    this.detail = body.detail ?? '';
    this.traceId = body.trace_id ?? undefined;
    this.errors = body.errors ?? [];
    this.retryAfter = retryAfter;
  }

  static offline(): Problem {
    return new Problem({ type: '/problems/offline' }, 0);
  }

  static async from(response: Response): Promise<Problem> {
    const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
    const traceId = response.headers.get('X-Trace-Id');
    const isProblem = response.headers.get('Content-Type')?.includes('json') ?? false;
    const body = isProblem ? ((await response.json()) as ProblemBody) : {};
    return new Problem(
      { trace_id: traceId, ...body },
      response.status,
      Number.isNaN(retryAfter) ? undefined : retryAfter,
    );
  }
}

/** Whether asking again could help: not when the server has understood and said no. */
export function isTransient(error: unknown): boolean {
  return (
    error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 500)
  );
}
