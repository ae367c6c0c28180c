import { ProblemError } from '../errors.ts';
import { normaliseId } from './identity.ts';
import { type Identifier, identifierOf } from './names.ts';
import type { TimelineRequest } from './rpc.ts';

/** The identifier of a path or a body. Throws 400 for a kind or an id that cannot be. */
export function identifierIn(site: string, kind: string, id: string | number): Identifier {
  if (kind !== 'user' && kind !== 'anon') {
    throw new ProblemError(
      400,
      'invalid_field',
      `"${kind}" is no kind of identifier. It is "user" or "anon".`,
    );
  }
  const { value } = normaliseId(id);
  if (value === undefined) {
    throw new ProblemError(
      400,
      'invalid_field',
      'The id is a placeholder or has more than 255 characters.',
    );
  }
  return identifierOf(site, kind, value);
}

/** The answer where there is no profile; `erased`: because its person was erased. */
export const profileUnknown = (erased?: { receipt: string; dropped?: number }): ProblemError =>
  erased === undefined
    ? new ProblemError(404, 'profile_unknown', 'Nothing is known of this identifier.')
    : new ProblemError(404, 'profile_unknown', 'The person of this identifier was erased.', {
        erasure: erased.receipt,
        eventsDropped: erased.dropped ?? 0,
      });

/** The place in a timeline that a page's `next` names; none for the empty text. Throws 400. */
export function pageBefore(next: string): Pick<TimelineRequest, 'before'> {
  if (next === '') return {};
  const [, received, id] = /^(\d{1,15})\.([\w-]{1,64})$/.exec(next) ?? [];
  if (received === undefined || id === undefined) {
    throw new ProblemError(400, 'invalid_field', '"before" is the "next" of the page before.');
  }
  return { before: { received: Number(received), id } };
}
