import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { complete } from '../../../src/admin/complete.ts';
import { faultOf } from '../../../src/admin/fault.ts';
import { campaignInput, firstIssue } from '../../../src/contract/schema.ts';
import type { CampaignInput } from '../../../src/contract/wire.ts';
import { signUserId } from '../../../src/site/secrets.ts';
import { fencesOf, read, tableUnder } from './markdown.ts';

const campaigns = read('docs/how-to/campaigns.md');
const signing = read('docs/how-to/sign-user-ids.md');

const marked = (document: string, mark: string): [line: string, text: string][] =>
  fencesOf(document)
    .filter((fence) => fence.mark === mark)
    .map(({ line, text }) => [`line ${line}`, text]);

/** The campaign as it would be stored, or what is wrong with it. */
function stored(input: unknown): unknown {
  const parsed = campaignInput.safeParse(input);
  if (!parsed.success) return firstIssue(parsed.error);
  const campaign = complete(parsed.data);
  return faultOf(campaign) ?? campaign;
}

describe('docs/how-to/campaigns.md', () => {
  it.each(marked(campaigns, 'campaign'))('%s is a campaign that is taken', (_, text) => {
    const campaign = JSON.parse(text) as CampaignInput;
    expect(stored(campaign)).toMatchObject({ id: campaign.id, slot: campaign.slot });
  });

  it.each(marked(campaigns, 'condition'))('%s is a condition that is taken', (_, text) => {
    const conditions = JSON.parse(text) as CampaignInput['conditions'];
    const offer = { kind: 'banner' as const, content: { title: 'x' } };
    const campaign = { id: 'x', name: 'x', slot: 'x', conditions, variants: [{ key: 'x', offer }] };
    expect(stored(campaign)).toMatchObject({ conditions });
  });

  it('has examples of both', () => {
    expect(marked(campaigns, 'campaign').length).toBeGreaterThan(1);
    expect(marked(campaigns, 'condition').length).toBeGreaterThan(1);
  });

  /** `profile.orders.count`, `.revenue` → both in full; `<name>` → a name. */
  const fields = ['### Fields of the moment', '### Fields of the person'].flatMap((heading) =>
    tableUnder(campaigns, heading).flatMap(([cell = '']) => {
      const texts = cell.split('`, `').map((text) => text.replaceAll('`', ''));
      const [first = ''] = texts;
      const base = first.slice(0, first.lastIndexOf('.'));
      return texts
        .map((text) => (text.startsWith('.') ? base + text : text))
        .map((text) => text.replaceAll(/<\w+>/g, 'some name'));
    }),
  );

  it('lists the fields that the worker knows', () => {
    const schema = read('worker/src/contract/schema.ts');
    const named = [...schema.matchAll(/FIELD =\s+\/\^\(\?:(.+)\)\$\/s;/g)][0]?.[1] ?? '';
    // The last steps of all that the pattern allows, such as `referrerHost`, `revenue`, `topCategory`.
    const steps = [...named.matchAll(/[a-zA-Z]{3,}/g)].map(([step]) => step);
    expect(steps.length).toBeGreaterThan(25);
    const listed = new Set(fields.flatMap((field) => field.split('.')));
    expect(steps.filter((step) => !listed.has(step))).toEqual([]);
    const taken = new RegExp(`^(?:${named})$`, 's');
    for (const field of fields) expect(field).toMatch(taken);
  });

  it('lists the operators', () => {
    const listed = tableUnder(campaigns, '### Operators').flatMap(([cell = '']) =>
      cell.split('`, `'),
    );
    const offer = { kind: 'banner' as const, content: { title: 'x' } };
    const wrong = campaignInput.safeParse({
      id: 'x',
      name: 'x',
      slot: 'x',
      conditions: { field: 'context.path', op: '?', value: 'x' },
      variants: [{ key: 'x', offer }],
    });
    const message = wrong.success ? '' : firstIssue(wrong.error).message;
    const known = [...message.matchAll(/"(\w+)"/g)].map(([, op]) => op);
    expect(known.length).toBeGreaterThan(10);
    expect(new Set(listed)).toEqual(new Set(known));
  });
});

/** How a recipe is run, with a line that prints what it answers for the user id that it is called with. */
const LANGUAGES = [
  {
    language: 'node',
    command: process.execPath,
    file: 'recipe.mjs',
    line: 'console.log(JSON.stringify(me(process.argv[2])));',
  },
  {
    language: 'php',
    command: 'php',
    file: 'recipe.php',
    line: 'echo json_encode(me($argv[1]));',
  },
  {
    language: 'python',
    command: 'python3',
    file: 'recipe.py',
    line: 'import json, sys\nprint(json.dumps(me(sys.argv[1])))',
  },
  {
    language: 'ruby',
    command: 'ruby',
    file: 'recipe.rb',
    line: 'require "json"\nputs me(ARGV[0]).to_json',
  },
];

describe('docs/how-to/sign-user-ids.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cresset-recipes-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const rows = tableUnder(signing, '## On your server');

  it('has examples that are right', async () => {
    expect(rows.length).toBeGreaterThan(2);
    for (const [secret = '', userId = '', signature] of rows) {
      expect(await signUserId(secret, userId)).toBe(signature);
    }
  });

  it.each(LANGUAGES)('has one recipe of about ten lines for $language', ({ language }) => {
    const recipes = marked(signing, `run-${language}`);
    expect(recipes).toHaveLength(1);
    const lines = recipes[0]?.[1].split('\n').filter((line) => line.trim() !== '') ?? [];
    expect(lines.length).toBeLessThanOrEqual(10);
  });

  describe.each(LANGUAGES)('the recipe for $language', ({ language, command, file, line }) => {
    const there = spawnSync(command, ['--version']).status === 0;

    it.skipIf(!there)('signs as the worker does', () => {
      const path = join(folder, file);
      writeFileSync(path, `${marked(signing, `run-${language}`)[0]?.[1]}\n${line}\n`);
      for (const [secret, userId = '', signature] of rows) {
        const { stdout, stderr } = spawnSync(command, [path, ` ${userId}\n`], {
          env: { ...process.env, CRESSET_IDENTITY_SECRET: secret, LC_ALL: 'C.UTF-8' },
          encoding: 'utf8',
        });
        expect(stderr).toBe('');
        expect(JSON.parse(stdout)).toEqual({ userId: ` ${userId}\n`, signature });
      }
    });
  });
});

it('every block that is marked as JSON is JSON', () => {
  const json = z.json();
  for (const path of [
    'docs/reference/http.md',
    'docs/how-to/campaigns.md',
    'docs/how-to/erase-and-export.md',
    'docs/how-to/identity.md',
    'docs/how-to/quarantine.md',
    'docs/how-to/sign-user-ids.md',
  ]) {
    for (const { language, text, line } of fencesOf(read(path))) {
      if (language !== 'json') continue;
      expect(() => json.parse(JSON.parse(text)), `${path}:${line}`).not.toThrow();
    }
  }
});
