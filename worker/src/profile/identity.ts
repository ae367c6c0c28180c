import { MAX_ID_LENGTH } from '../contract/values.ts';

/**
 * What careless clients send where an id is missing. One of these would make one person of thousands,
 * so none ever links or names anybody. Compared trimmed and in lower case.
 */
const PLACEHOLDERS = new Set([
  '',
  '0',
  '-1',
  'null',
  'nil',
  'undefined',
  'nan',
  'none',
  'n/a',
  'na',
  'guest',
  'anonymous',
  'unknown',
  'true',
  'false',
  '[object object]',
  '00000000-0000-0000-0000-000000000000',
]);

/** An identifier as it came, made comparable; at most one of the fields is set. */
export interface NormalisedId {
  /** The identifier to use. */
  value?: string;
  /** It was a placeholder: treat it as absent. */
  placeholder?: boolean;
  /** It has more than 255 characters. */
  tooLong?: boolean;
}

/**
 * Numbers are taken as strings, lone surrogates are replaced (they have no UTF-8, so two of them would
 * be stored as one). Absent and null give an empty answer.
 *
 * @param more what the site holds for placeholders too, trimmed and in lower case
 */
export function normaliseId(raw: unknown, more?: ReadonlySet<string>): NormalisedId {
  if (raw === undefined || raw === null) return {};
  if (typeof raw !== 'string' && typeof raw !== 'number') return { placeholder: true };
  // Beyond 2^53 the parser has rounded: two people's numbers may have become one.
  if (typeof raw === 'number' && Number.isInteger(raw) && !Number.isSafeInteger(raw)) {
    return { placeholder: true };
  }
  const value = String(raw).trim().toWellFormed();
  const compared = value.toLowerCase();
  if (PLACEHOLDERS.has(compared) || more?.has(compared) === true) return { placeholder: true };
  if (value.length > MAX_ID_LENGTH) return { tooLong: true };
  return { value };
}
