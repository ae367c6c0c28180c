import type { Condition } from '../contract/wire.ts';
import { compile, timeOf } from './conditions.ts';
import type { Facts } from './facts.ts';
import { reader } from './fields.ts';

/** Whether a condition holds, and what decided it, in English. */
export interface Verdict {
  holds: boolean;
  words: string;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}

function state(actual: unknown, aged: boolean, now: number): string {
  if (actual === undefined || actual === null) return 'it is missing';
  const time = aged ? timeOf(actual) : Number.NaN;
  return Number.isNaN(time)
    ? `it is ${shown(actual)}`
    : `it is ${Math.round((now - time) / 1000)} s old`;
}

/**
 * Says which comparison made a condition hold or fail, with the value it met. Slow beside
 * {@link compile}: for `explain` only, where a secret key asked.
 */
export function judge(condition: Condition, facts: Facts): Verdict {
  if ('all' in condition) {
    const verdicts = condition.all.map((part) => judge(part, facts));
    const failed = verdicts.find((verdict) => !verdict.holds);
    if (failed !== undefined) return failed;
    return { holds: true, words: joined(verdicts, ' and ', 'nothing is asked') };
  }
  if ('any' in condition) {
    const verdicts = condition.any.map((part) => judge(part, facts));
    const held = verdicts.find((verdict) => verdict.holds);
    if (held !== undefined) return held;
    return { holds: false, words: `none of: ${joined(verdicts, '; ', 'an empty list')}` };
  }
  if ('not' in condition) {
    const { holds, words } = judge(condition.not, facts);
    return { holds: !holds, words: `not [${words}]` };
  }
  const { field, op, value } = condition;
  const aged = op === 'newerThan' || op === 'olderThan';
  const unit = aged ? ' s' : '';
  const actual = reader(field)(facts);
  return {
    holds: compile(condition)(facts),
    words: `${field} ${op} ${shown(value)}${unit} (${state(actual, aged, facts.now)})`,
  };
}

const joined = (verdicts: Verdict[], by: string, none: string): string =>
  verdicts.length === 0 ? none : verdicts.map((verdict) => verdict.words).join(by);
