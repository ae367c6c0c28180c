import { describe, expect, it } from 'vitest';
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

describe('docs/how-to/sign-user-ids.md', () => {
  it('signs in Node as the worker does', async () => {
    const code = marked(signing, 'run-node')[0]?.[1] ?? '';
    const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
      signUserId: typeof signUserId;
    };
    for (const userId of ['ada@example.org', '42', 'Zoë ✓']) {
      expect(module.signUserId('is_x', userId)).toBe(await signUserId('is_x', userId));
    }
  });

  it('has an example that is right', async () => {
    const rows = tableUnder(signing, '## On your server');
    const [secret = '', userId = '', signature] = rows[0] ?? [];
    expect(await signUserId(secret, userId)).toBe(signature);
  });
});

it('every block that is marked as JSON is JSON', () => {
  const json = z.json();
  for (const path of ['docs/reference/http.md', 'docs/how-to/campaigns.md']) {
    for (const { language, text, line } of fencesOf(read(path))) {
      if (language !== 'json') continue;
      expect(() => json.parse(JSON.parse(text)), `${path}:${line}`).not.toThrow();
    }
  }
});
