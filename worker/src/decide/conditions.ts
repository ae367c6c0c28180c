import type { Condition, Operator, Scalar } from '../contract/wire.ts';
import type { Test } from './facts.ts';
import { reader } from './fields.ts';
import { SharedTests } from './shared.ts';

/** Holds of a value that is there. */
type Holds = (actual: unknown, now: number) => boolean;

const DECIMAL = /^-?\d{1,15}(?:\.\d{1,15})?$/;
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)/;

/** A number, or the number that a text such as a query parameter spells in plain decimals. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : undefined;
}

/** UTC milliseconds of a time field or of an ISO 8601 text; NaN, which no comparison fulfils, for the rest. */
export function timeOf(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && ISO.test(value) ? Date.parse(value) : Number.NaN;
}

function equals(value: Scalar): Holds {
  return typeof value === 'number'
    ? (actual) => numberOf(actual) === value
    : (actual) => actual === value;
}

function among(values: readonly Scalar[]): Holds {
  const set = new Set<unknown>(values);
  return values.some((value) => typeof value === 'number')
    ? (actual) => set.has(actual) || set.has(numberOf(actual))
    : (actual) => set.has(actual);
}

const compared =
  (holds: (actual: number) => boolean): Holds =>
  (actual) => {
    const number = numberOf(actual);
    return number !== undefined && holds(number);
  };

const not =
  (holds: Holds): Holds =>
  (actual, now) =>
    !holds(actual, now);

const never: Holds = () => false;
const always: Holds = () => true;

/** How an operator judges a value that is there, and how it judges none. */
function operator(op: Operator, value: Scalar | Scalar[]): { there: Holds; missing: boolean } {
  const list = Array.isArray(value) ? value : [value];
  const one = Array.isArray(value) ? '' : value;
  const number = typeof value === 'number' ? value : Number.NaN;
  const word = typeof value === 'string' ? value : undefined;
  const onText = (holds: (actual: string, word: string) => boolean): Holds =>
    word === undefined ? never : (actual) => typeof actual === 'string' && holds(actual, word);
  const judge = (there: Holds, missing = false): { there: Holds; missing: boolean } => ({
    there,
    missing,
  });
  switch (op) {
    case 'eq':
      return judge(equals(one));
    case 'ne':
      return judge(not(equals(one)), true);
    case 'gt':
      return judge(compared((actual) => actual > number));
    case 'gte':
      return judge(compared((actual) => actual >= number));
    case 'lt':
      return judge(compared((actual) => actual < number));
    case 'lte':
      return judge(compared((actual) => actual <= number));
    case 'in':
      return judge(among(list));
    case 'notIn':
      return judge(not(among(list)), true);
    case 'contains': {
      const inText = onText((actual, word) => actual.includes(word));
      return judge((actual, now) =>
        Array.isArray(actual) ? actual.includes(word) : inText(actual, now),
      );
    }
    case 'startsWith':
      return judge(onText((actual, word) => actual.startsWith(word)));
    case 'endsWith':
      return judge(onText((actual, word) => actual.endsWith(word)));
    case 'exists':
      return value === true ? judge(always) : judge(never, value === false);
    case 'newerThan':
      return judge((actual, now) => now - timeOf(actual) < number * 1000);
    case 'olderThan':
      return judge((actual, now) => now - timeOf(actual) > number * 1000);
  }
}

/**
 * A condition as a function of the facts. Compile once for each snapshot, test often.
 *
 * Texts compare exactly, and a text never equals a number written in a condition as a text; where the
 * condition holds a number, a text that spells one in plain decimals is taken as that number, since a
 * query parameter is always a text. `contains` also finds a text among the items of an array.
 * `all: []` holds, `any: []` does not.
 *
 * @param shared what the conditions of one snapshot have in common: equal comparisons are made once
 */
export function compile(condition: Condition, shared: SharedTests = new SharedTests()): Test {
  if ('all' in condition) return every(condition.all.map((part) => compile(part, shared)));
  if ('any' in condition) return some(condition.any.map((part) => compile(part, shared)));
  if ('not' in condition) {
    const test = compile(condition.not, shared);
    return (facts) => !test(facts);
  }
  const { field, op, value } = condition;
  return shared.test(JSON.stringify([field, op, value]), () => comparison(field, op, value));
}

function comparison(field: string, op: Operator, value: Scalar | Scalar[]): Test {
  const read = reader(field);
  const { there, missing } = operator(op, value);
  return (facts) => {
    const actual = read(facts);
    return actual === undefined || actual === null ? missing : there(actual, facts.now);
  };
}

// Plain loops: `every` and `some` call a second function for each of some hundreds of tests a decision.
const every =
  (tests: readonly Test[]): Test =>
  (facts) => {
    for (const test of tests) if (!test(facts)) return false;
    return true;
  };

const some =
  (tests: readonly Test[]): Test =>
  (facts) => {
    for (const test of tests) if (test(facts)) return true;
    return false;
  };
