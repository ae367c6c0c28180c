import { expect } from 'vitest';

/** What differs from run to run: times, names of objects, ids, tokens. */
const PASSING: readonly [RegExp, string][] = [
  [/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/, '<time>'],
  [/^[\w-]+~[\w-]+~\w+~\w+~\w+~[\w.-]+~\w+\.[\w-]+$/, '<token>'],
  [/^[ua]\.[\w-]{22}$/, '<name>'],
  [/^[\w-]{22}$/, '<id>'],
  [/^\d{13}\.[\w-]{22}$/, '<place>'],
  [/^[0-9a-f]{16}$/, '<key>'],
  [/^http:\/\/localhost:\d+$/, '<origin>'],
];

function lasting(value: unknown): unknown {
  if (typeof value === 'string') {
    return PASSING.find(([pattern]) => pattern.test(value))?.[1] ?? value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(lasting);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, lasting(item)]));
}

/** A text that ends with an ellipsis stands for all that begin like it. */
function elided(shown: unknown, value: unknown): unknown {
  if (typeof shown === 'string' && shown.endsWith('…')) {
    return typeof value === 'string' && value.startsWith(shown.slice(0, -1)) ? shown : value;
  }
  if (typeof shown !== 'object' || shown === null) return value;
  if (typeof value !== 'object' || value === null) return value;
  const known = shown as Record<string, unknown>;
  if (Array.isArray(value)) return value.map((item, at) => elided(known[at], item));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, elided(known[key], item)]),
  );
}

/** Expects of an answer what a document shows, but for what differs from run to run. */
export const expectAlike = (answer: unknown, shown: unknown): void =>
  expect(elided(shown, lasting(answer))).toEqual(lasting(shown));
