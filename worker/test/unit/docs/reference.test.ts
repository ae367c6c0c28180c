/** `docs/reference/http.md` lists what the worker has, and nothing that it has not. */
import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { wireInterfaces, withTables } from '../../../../scripts/reference.ts';
import { settingsPatch } from '../../../src/contract/schema.ts';
import * as values from '../../../src/contract/values.ts';
import { DEFAULT_BOUNDS } from '../../../src/profile/tables.ts';
import { DEFAULT_SETTINGS } from '../../../src/site/settings.ts';
import { headingsOf, read, tableUnder } from './markdown.ts';

const page = read('docs/reference/http.md');
const wire = read('worker/src/contract/wire.ts');
const source = globSync('worker/src/**/*.{ts,tsx}').map(read).join('\n');

const sorted = (texts: Iterable<string>): string[] => [...new Set(texts)].toSorted();

/** The members of a union of texts in `wire.ts`. */
function membersOf(name: string): string[] {
  const code = wire.replaceAll(/\/\*\*[^]*?\*\//g, '');
  const [, union = ''] = new RegExp(`export type ${name} =([^;]+);`).exec(code) ?? [];
  const members = [...union.matchAll(/'(\w+)'/g)];
  expect(members.length).toBeGreaterThan(1);
  return sorted(members.map(([, member = '']) => member));
}

const firstColumn = (heading: string): string[] =>
  sorted(tableUnder(page, heading).map(([code = '']) => code));

/** Tables of codes that somebody can do something about. */
const WITH_REMEDY = [
  '## Errors of a whole request',
  '## Rejections of one event',
  '## Results of a replay',
  '## Originals that are not kept',
  '## Notices',
];

describe('codes', () => {
  it('of errors are all there, with their status', () => {
    const thrown = [...source.matchAll(/new ProblemError\(\s*(\d{3}),\s*'(\w+)'/g)];
    expect(thrown.length).toBeGreaterThan(20);
    const rows = tableUnder(page, '## Errors of a whole request');
    expect(sorted(rows.map(([code, status]) => `${code} ${status}`))).toEqual(
      sorted(thrown.map(([, status, code]) => `${code} ${status}`)),
    );
    // What is thrown with a code that is computed is that of a rejection, and those are listed further down.
    const computed = [...source.matchAll(/new ProblemError\(\s*\d{3},\s*([^'\s][\w.]*)/g)];
    expect(sorted(computed.map(([, expression]) => expression ?? ''))).toEqual([
      'event.code',
      'rejection.code',
    ]);
  });

  it('of rejections, notices and reasons are all there', () => {
    expect(firstColumn('## Rejections of one event')).toEqual(membersOf('RejectionCode'));
    expect(firstColumn('## Notices')).toEqual(membersOf('NoticeCode'));
    expect(firstColumn('## Reasons of a decision')).toEqual(membersOf('DecisionReason'));
  });

  it('that a field of an answer may have are all there', () => {
    const carried = wireInterfaces()
      .flatMap(({ fields }) => fields)
      .filter(({ name }) => /^(?:code|notices|reason|withheld)$/.test(name))
      .flatMap(({ type }) => type.split(/[[\]| ]+/))
      .flatMap((one) => {
        if (/^[A-Z]\w*(?:Code|Reason)$/.test(one)) return membersOf(one);
        return /^'\w+'$/.test(one) ? [one.slice(1, -1)] : [];
      });
    expect(carried).toEqual(expect.arrayContaining(['patch_failed', 'too_large', 'id_missing']));
    const listed = new Set([...WITH_REMEDY, '## Reasons of a decision'].flatMap(firstColumn));
    expect(carried.filter((code) => !listed.has(code))).toEqual([]);
  });

  it.each(WITH_REMEDY)('under "%s" each have a cause and a remedy', (heading) => {
    const rows = tableUnder(page, heading);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((row) => row.length < 3 || row.some((cell) => cell === ''))).toEqual([]);
  });
});

describe('routes', () => {
  it('are all there', () => {
    const paths = Object.entries(values).filter(([name]) => name.startsWith('PATH_'));
    const mounted = [
      ...source.matchAll(/\.(get|post|patch|put|delete)\(\s*(?:'(\/[^']*)'|(PATH_\w+))/g),
    ].map(([, method = '', path, constant]) => {
      const at = path ?? String(paths.find(([name]) => name === constant)?.[1]);
      return `${method.toUpperCase()} ${at.replace(/(:\w+)\{.*\}$/, '$1.js')}`;
    });
    expect(mounted.length).toBeGreaterThan(10);
    const documented = headingsOf(page)
      .map(({ text }) => text.replaceAll('`', ''))
      .filter((text) => /^[A-Z]+ \//.test(text));
    expect(sorted(documented)).toEqual(sorted(mounted));
  });

  it('of the single calls are all there', () => {
    const [, list = ''] = /of \[([^\]]+)\] satisfies EventType/.exec(source) ?? [];
    const calls = [...list.matchAll(/'(\w+)'/g)].map(([, call]) => `/v1/${call}`);
    expect(calls).toHaveLength(6);
    const [, section = ''] = page.split('### Single calls\n');
    expect(calls.filter((call) => !section.slice(0, 300).includes(call))).toEqual([]);
  });
});

describe('fields', () => {
  const interfaces = wireInterfaces();
  const plain = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');

  it('are those of wire.ts; else run: npm run reference', () => {
    expect(plain(withTables(page, interfaces))).toBe(plain(page));
  });

  it('have a table for each interface', () => {
    const marked = [...page.matchAll(/<!-- fields: (\w+) -->/g)].map(([, name = '']) => name);
    expect(sorted(marked)).toEqual(sorted(interfaces.map(({ name }) => name)));
  });

  it('are read from the file without a gap', () => {
    const declared = [...wire.matchAll(/^ +(\w+)\??:/gm)].map(([, name = '']) => name);
    const known = new Set(
      interfaces.flatMap(({ fields }) => fields.map(({ name }) => name.replace(/^.*\./, ''))),
    );
    expect(declared.length).toBeGreaterThan(100);
    expect(declared.filter((name) => !known.has(name))).toEqual([]);
  });
});

it('names the placeholders that are built in', () => {
  const [, list = ''] =
    /PLACEHOLDERS = new Set\(\[([^\]]*(?:\[[^\]]*\][^\]]*)*)\]\)/.exec(
      read('worker/src/profile/identity.ts'),
    ) ?? [];
  const values = [...list.matchAll(/'([^']+)'/g)].map(([, value = '']) => value);
  expect(values.length).toBeGreaterThan(10);
  const [, section = ''] = page.split('### `PATCH /v1/settings`\n');
  const [named = ''] = section.split('\nErrors:');
  const nil = '00000000-0000-0000-0000-000000000000';
  expect(values.filter((value) => value !== nil && !named.includes(`\`${value}\``))).toEqual([]);
});

describe('limits', () => {
  const limits = tableUnder(page, '## Limits')
    .map((row) => row.join(' '))
    .join('\n');
  const number = (value: number): string => value.toLocaleString('en');

  it.each([
    ['MAX_BATCH_BYTES', `${number(values.MAX_BATCH_BYTES / 1024)} KB`],
    ['MAX_BATCH_EVENTS', number(values.MAX_BATCH_EVENTS)],
    ['MAX_EVENT_BYTES', `${number(values.MAX_EVENT_BYTES / 1024)} KB`],
    ['MAX_DEPTH', `${values.MAX_DEPTH} deep`],
    ['MAX_ID_LENGTH', `${values.MAX_ID_LENGTH} characters`],
    ['MAX_MESSAGE_ID_LENGTH', `${values.MAX_MESSAGE_ID_LENGTH} characters`],
    ['MAX_GROUP_ID_LENGTH', `${values.MAX_GROUP_ID_LENGTH} characters`],
    ['MAX_NAME_LENGTH', `${values.MAX_NAME_LENGTH} characters`],
    [
      'MAX_SLOTS and MAX_SLOT_LENGTH',
      `${values.MAX_SLOTS}, and ${values.MAX_SLOT_LENGTH} characters`,
    ],
  ])('%s is said as %s', (_, text) => {
    expect(limits).toContain(text);
  });

  it.each([
    ['worker/src/admin/fault.ts', 'MAX_COMPARISONS = 100', '100 comparisons'],
    ['worker/src/admin/fault.ts', 'MAX_LEVELS = 10', '10 levels'],
    ['worker/src/admin/fault.ts', 'MAX_CAMPAIGN_BYTES = 16 * 1024', '16 KB'],
    ['worker/src/admin/store.ts', 'MAX_CAMPAIGNS = 1_000', '1,000'],
    ['worker/src/admin/campaigns.ts', 'MAX_BYTES = 64 * 1024', '64 KB'],
    ['worker/src/admin/settings.ts', 'MAX_BYTES = 512 * 1024', 'change of settings 512 KB'],
    ['worker/src/decide/route.ts', 'MAX_BYTES = 64 * 1024', '64 KB'],
    ['worker/src/collect/faults.ts', 'MAX_TRAIT = 2_048', '2 KB'],
    ['worker/src/collect/decode.ts', 'MAX_CONTEXT = 8 * 1024', '8 KB'],
    ['worker/src/profile/products.ts', 'MAX_PRODUCTS = 50', '50'],
    ['worker/src/profile/cart.ts', 'MAX_LINES = 50', '50'],
    ['worker/src/profile/externalIds.ts', 'MAX_TYPES = 10', '10 types'],
    ['worker/src/profile/externalIds.ts', 'MAX_TYPE = 50', 'type of 50'],
    ['worker/src/profile/externalIds.ts', 'MAX_READ = 20', '20, of 255 characters'],
    [
      'worker/src/profile/tables.ts',
      'MAX_CHANGES = 200',
      'changes of identity that a person keeps 200',
    ],
    ['worker/src/profile/route.ts', 'MAX_BYTES = 512 * 1024', '512 KB, and 500 characters'],
    ['worker/src/profile/route.ts', 'MAX_EVENTS = 200', 'events in one page of a timeline 200'],
    ['worker/src/profile/retention.ts', 'KEPT_DAYS = 90', 'remembers 10,000, for 90 days'],
    ['worker/src/profile/retention.ts', 'KEPT_IDS = 10_000', 'remembers 10,000'],
    ['worker/src/quarantine/message.ts', 'MAX_ORIGINAL = 64 * 1024', 'kept 64 KB with'],
    ['worker/src/quarantine/message.ts', 'MAX_PEOPLE = 20', 'with 20 identifiers'],
    ['worker/src/quarantine/message.ts', 'KEPT_FOR = 30 * 24 *', 'identifiers, for 30 days'],
    ['worker/src/quarantine/message.ts', 'MAX_KEPT_A_DAY = 10_000', '10,000, and 32 MB'],
    ['worker/src/quarantine/message.ts', 'MAX_BYTES_A_DAY = 32 *', '10,000, and 32 MB'],
    ['worker/src/quarantine/route.ts', 'MAX_PAGE = 200', 'page of the quarantine 200'],
    ['worker/src/quarantine/route.ts', 'MAX_REPLAY = 100', '100, and 1,000'],
    ['worker/src/quarantine/route.ts', 'MAX_DISCARD = 1_000', '100, and 1,000'],
    ['worker/src/quarantine/route.ts', 'MAX_BYTES = 160 * 1024', '160 KB, and 50'],
    ['worker/src/site/decisionToken.ts', 'DECISION_LIFE = 7 *', '7 days'],
    ['worker/src/admin/keyStore.ts', 'MAX_KEYS = 100', 'keys of a site 100'],
    ['worker/src/site/origins.ts', 'MAX_ORIGINS = 100', 'origins of a site 100 of 255 characters'],
    ['worker/src/site/origins.ts', 'MAX_ORIGIN_LENGTH = 255', '100 of 255 characters'],
    ['worker/src/admin/log.ts', 'MAX_CALLS = 200', 'log of private calls 200'],
    ['worker/src/admin/log.ts', 'LOG_DAYS = 400', 'kept for 400 days'],
  ])('%s: %s is said as %s', (file, constant, text) => {
    expect(read(file)).toContain(`const ${constant}`);
    expect(limits).toContain(text);
  });

  it('of rates are those of wrangler.toml', () => {
    const rates = tableUnder(page, '### Rates').map((row) => row.join(' '));
    const set = [
      ...read('wrangler.toml').matchAll(/name = "(\w+_RATE)"[^[]*?limit = (\d+), period = (\d+)/g),
    ].map(([, name = '', limit, period]) => [name, Number(limit), Number(period)] as const);
    const [, key, calls] = /PACE = \{ KEY_RATE: (\d+), PRIVATE_RATE: (\d+) \}/.exec(source) ?? [];
    const paces = new Map([
      ['KEY_RATE', Number(key)],
      ['PRIVATE_RATE', Number(calls)],
    ]);
    expect(set).toHaveLength(3);
    expect(
      set.map(([name, limit, period]) => {
        const time = period === 60 ? 'a minute' : `${period} s`;
        return `${number(limit * (paces.get(name) ?? 1))} in ${time}`;
      }),
    ).toEqual(rates.map((row) => /[\d,]+ in .+$/.exec(row)?.[0]));
  });

  const settings = tableUnder(page, '### SettingsPatch')
    .map((row) => row.join(' '))
    .join('\n');

  it('of settings are what a site has that set nothing', () => {
    const { timelineDays, timelineEvents, maxAnonymousIds, maxExternalIds } = DEFAULT_SETTINGS;
    expect(DEFAULT_BOUNDS).toEqual({
      days: timelineDays,
      events: timelineEvents,
      externalIds: maxExternalIds,
    });
    const numbers = { timelineDays, timelineEvents, maxAnonymousIds, maxExternalIds };
    for (const [name, value] of Object.entries(numbers)) {
      expect(settings).toMatch(new RegExp(`^${name} .*default ${number(value)}\\.`, 'm'));
    }
    expect(limits).toContain(
      `keeps whole ${number(timelineEvents)}, for ${timelineDays} days; settings:`,
    );
    expect(limits).toContain(`anonymous ids of one person ${number(maxAnonymousIds)};`);
    expect(limits).toContain(`10 types of ${number(maxExternalIds)} each;`);
  });

  it.each([
    ['timelineDays', 1, 90, 'for 1 to 90 days'],
    ['timelineEvents', 100, 10_000, 'settings: 100 to 10,000,'],
    ['maxAnonymousIds', 1, 10_000, ': 1 to 10,000'],
    ['maxExternalIds', 0, 100, 'settings: 0 to 100 each'],
  ])('of %s are what is taken, %i to %i', (name, least, most, text) => {
    const taken = [least - 1, least, most, most + 1].map(
      (value) => settingsPatch.safeParse({ [name]: value }).success,
    );
    expect(taken).toEqual([false, true, true, false]);
    expect(limits).toContain(text);
    expect(settings).toMatch(new RegExp(`^${name} .*, ${number(least)} to ${number(most)};`, 'm'));
  });
});
