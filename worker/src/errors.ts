import type { Problem } from './contract/wire.ts';

const TITLES: Record<number, string> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  413: 'Content too large',
  415: 'Unsupported media type',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Service unavailable',
};

/** An error of the whole request, on its way to {@link errorResponse}. */
export class ProblemError extends Error {
  readonly problem: Problem;
  readonly headers: Record<string, string>;

  /**
   * @param status HTTP status
   * @param code a word that stays the same between releases
   * @param detail what was wrong and how to mend it; never a secret, never a stack
   */
  constructor(
    status: number,
    code: string,
    detail: string,
    extra: { headers?: Record<string, string> } & Pick<
      Problem,
      'accepted' | 'duplicates' | 'erasure' | 'eventsDropped'
    > = {},
  ) {
    super(detail);
    this.name = 'ProblemError';
    const { headers = {}, ...members } = extra;
    this.headers = headers;
    this.problem = {
      type: 'about:blank',
      title: TITLES[status] ?? 'Error',
      status,
      code,
      detail,
      ...members,
    };
  }
}

/** The answer to a {@link ProblemError}, or to anything else that was thrown: a 500 that tells nothing. */
export function problemResponse(error: unknown): Response {
  const known =
    error instanceof ProblemError
      ? error
      : new ProblemError(500, 'internal', 'Something failed on our side. Try again later.');
  return new Response(JSON.stringify(known.problem), {
    status: known.problem.status,
    headers: { 'content-type': 'application/problem+json', ...known.headers },
  });
}

/** The answer to whatever a route threw; what is no {@link ProblemError} is logged. */
export function errorResponse(error: unknown): Response {
  if (!(error instanceof ProblemError)) console.error('request', error);
  return problemResponse(error);
}

/**
 * What a store answers. Where it fails, the cause is logged and a 503 is thrown, which every client tries again: a
 * 4xx would make it drop what it holds for ever.
 *
 * @param what was asked for, for the log
 */
export async function orUnavailable<T>(asked: Promise<T>, what: string): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    console.error(what, String(error));
    throw new ProblemError(
      503,
      'site_unavailable',
      'What is known of the site could not be read just now. Send the same request again.',
      { headers: { 'retry-after': '5' } },
    );
  }
}
