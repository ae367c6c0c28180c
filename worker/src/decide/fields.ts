import type { Enriched } from '../contract/wire.ts';
import type { Count } from '../profile/view.ts';
import type { Read } from './facts.ts';

/** Own properties only: a field named `__proto__` or `constructor` finds nothing it was not given. */
function own(object: unknown, name: string): unknown {
  return typeof object === 'object' && object !== null && Object.hasOwn(object, name)
    ? (object as Record<string, unknown>)[name]
    : undefined;
}

/** The property of this very name, dots and all; else the one that the dots lead to. */
function lookUp(object: unknown, name: string, steps: readonly string[]): unknown {
  const exact = own(object, name);
  if (exact !== undefined || steps.length === 1) return exact;
  let at: unknown = object;
  for (const step of steps) at = own(at, step);
  return at;
}

/** What the worker finds out about who asks, and where from, that conditions may ask for. */
export const ENRICHED = [
  'browser',
  'os',
  'language',
  'country',
  'region',
  'city',
  'channel',
  'source',
  'medium',
  'campaign',
  'pageGroup',
  'traffic',
] as const satisfies (keyof Enriched)[];

const FIXED: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['context.url', (facts) => facts.context.url],
  ['context.host', (facts) => facts.context.host],
  ['context.path', (facts) => facts.context.path],
  ['context.search', (facts) => facts.context.search],
  ['context.referrer', (facts) => facts.context.referrer],
  ['context.referrerHost', (facts) => facts.context.referrerHost],
  ['context.entrance', (facts) => facts.context.entrance],
  ['context.device', (facts) => facts.context.device],
  ...ENRICHED.map((name): [string, Read] => [
    `context.${name}`,
    (facts) => facts.context.enriched()[name],
  ]),
  ['profile.topCategory', (facts) => facts.view.topCategory],
  ['profile.cart.value', (facts) => facts.view.cart.value],
  ['profile.cart.quantity', (facts) => facts.view.cart.quantity],
  ['profile.cart.currency', (facts) => facts.view.cart.currency],
  ['profile.cart.updated', (facts) => facts.view.cart.updated],
  ['profile.orders.count', (facts) => facts.view.orders.count],
  ['profile.orders.revenue', (facts) => facts.view.orders.revenue],
  ['profile.orders.last', (facts) => facts.view.orders.last],
  ['profile.firstSeen', (facts) => facts.view.firstSeen],
  ['profile.lastSeen', (facts) => facts.view.lastSeen],
]);

const CUSTOM = 'custom';

const NAMED: readonly (readonly [prefix: string, (name: string) => Read])[] = [
  ['context.query.', (name) => (facts) => facts.context.query(name)],
  [
    'context.custom.',
    (name) => {
      const steps = name.split('.');
      // `context: {plan}` and `context: {custom: {plan}}` both say `context.custom.plan`.
      return ({ context: { sent } }) =>
        lookUp(own(sent, CUSTOM), name, steps) ?? lookUp(sent, name, steps);
    },
  ],
  [
    'profile.traits.',
    (name) => {
      const steps = name.split('.');
      return (facts) => lookUp(facts.view.traits, name, steps);
    },
  ],
  ['profile.counters.', (name) => tally(name, (facts) => facts.view.counters)],
  ['profile.categories.', (name) => tally(name, (facts) => facts.view.categories)],
];

/** `Product Viewed.count`: the last step is the part, all before it is the name. */
function tally(path: string, group: Read): Read {
  const dot = path.lastIndexOf('.');
  const name = path.slice(0, dot);
  const part = path.slice(dot + 1);
  if (dot <= 0 || (part !== 'count' && part !== 'first' && part !== 'last')) return missing;
  return (facts) => (own(group(facts), name) as Count | undefined)?.[part];
}

const missing: Read = () => undefined;

/** Fields that hold a time, by their form. */
const TIMES = /^profile\.(?:firstSeen|lastSeen|cart\.updated|orders\.last)$/;
const TALLY_TIMES = /^profile\.(?:counters|categories)\..+\.(?:first|last)$/s;

/** Whether a field can hold a time: those that always do, and what callers and sites fill themselves. */
export const holdsTime = (field: string): boolean =>
  TIMES.test(field) ||
  TALLY_TIMES.test(field) ||
  /^(?:profile\.traits|context\.custom)\./.test(field);

/**
 * The reader of a field as {@link Condition} lists them. Names of events, categories, traits and
 * parameters may hold dots. `null` counts as missing, and so does a field that is not known here.
 */
export function reader(field: string): Read {
  const fixed = FIXED.get(field);
  if (fixed !== undefined) return fixed;
  for (const [prefix, make] of NAMED) {
    if (field.startsWith(prefix)) return make(field.slice(prefix.length));
  }
  return missing;
}
