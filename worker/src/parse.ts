import type * as z from 'zod';
import { firstIssue } from './contract/schema.ts';
import { ProblemError } from './errors.ts';

/** The error for one field of a body, by its dotted path; empty for the body itself. */
export const invalidField = (path: string, message: string): ProblemError =>
  new ProblemError(
    400,
    'invalid_field',
    `${path === '' ? 'The body' : `"${path}"`}: ${message}. Mend it and send it again.`,
  );

/** The body of a request as its schema says. Throws 400 with the path of the first field at fault. */
export function parseAs<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const { path, message } = firstIssue(parsed.error);
  throw invalidField(path, message);
}
