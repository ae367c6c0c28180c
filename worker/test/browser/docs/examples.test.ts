/** Examples of the documents that are marked `run` do run, and answer what the documents show. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchChromium } from '../../../../scripts/chromium.ts';
import type { BatchAnswer, ProfileAnswer } from '../../../src/contract/wire.ts';
import { type Fence, fencesOf, read } from '../../unit/docs/markdown.ts';
import { expectAlike } from './alike.ts';
import { parseCurl } from './curl.ts';
import { SECRET_KEY, type Stage, startStage, WRITE_KEY } from './stage.ts';

const PATIENCE = { timeout: 20_000, interval: 100 };

let browser: Browser;
let stage: Stage;

/** Does what a `sh` block of curl says; answers the status and the JSON. */
async function curl(text: string, more: Record<string, string> = {}): Promise<[number, unknown]> {
  const command = text.replaceAll(/http:\/\/(?:127\.0\.0\.1|localhost):8787/g, stage.worker);
  const { url, init } = parseCurl(command, { WRITE_KEY, SECRET_KEY, ...more });
  const response = await fetch(url, init);
  return [response.status, await response.json()];
}

/** The same HTML, for this stage; a decision may take as long as a busy machine needs. */
const staged = (html: string): string =>
  html
    .replaceAll(/https:\/\/c\.example\.com|http:\/\/localhost:8787/g, stage.worker)
    .replaceAll('"wk_…"', `"${WRITE_KEY}" data-timeout="20000"`)
    .replaceAll("'wk_…'", `'${WRITE_KEY}'`);

/** Opens a page; `complaints` tells what the browser and the worker have said against it. */
async function open(html: string): Promise<{ page: Page; complaints: () => Promise<string[]> }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  const said: string[] = [];
  const answers: Promise<BatchAnswer | undefined>[] = [];
  page.on('console', (message) => {
    if (['warning', 'error'].includes(message.type())) said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(String(error)));
  page.on('response', (response) => {
    if (!response.url().endsWith('/v1/batch')) return;
    // What answers a page that is gone by then, nobody can read.
    answers.push(response.json().catch(() => undefined));
  });
  stage.show(staged(html));
  await page.goto(stage.pages);
  return {
    page,
    async complaints() {
      const remarks = (await Promise.all(answers)).flatMap((answer) =>
        answer === undefined ? [] : [...answer.rejected, ...answer.notices],
      );
      return [...said, ...remarks.map(({ code }) => code)];
    },
  };
}

const whenLoaded = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => window.cresset?.stop !== undefined);

/** Every event was acknowledged. */
const untilSent = (page: Page): Promise<unknown> =>
  page.waitForFunction(
    (prefix) => !Object.keys(localStorage).some((name) => name.startsWith(prefix)),
    `cresset.${WRITE_KEY}.`,
  );

const marked = (path: string, language: string, mark: string): Fence[] =>
  fencesOf(read(path)).filter((fence) => fence.language === language && fence.mark === mark);

beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
});

describe.each([
  'docs/reference/http.md',
  'docs/how-to/campaigns.md',
  'docs/how-to/erase-and-export.md',
  'docs/how-to/identity.md',
  'docs/how-to/quarantine.md',
  'docs/how-to/sign-user-ids.md',
  'docs/reference/enrichment.md',
])('the curl lines of %s', (path) => {
  beforeAll(async () => {
    stage = await startStage(true);
    return () => stage.stop();
  });

  const fences = fencesOf(read(path));
  const lines = fences.flatMap(({ language, mark, text, line }, at) => {
    const next = fences[at + 1];
    const shown = next?.language === 'json' && next.mark === '' ? next.text : undefined;
    return language === 'sh' && mark === 'run' ? [{ line, text, shown }] : [];
  });

  it.each(lines)('line $line', async ({ text, shown }) => {
    const run = async (): Promise<void> => {
      let [status, answer] = await curl(text);
      // A change of identity may outlast its request: the next one waits as it is told to.
      await expect
        .poll(async () => {
          if (status === 503) [status, answer] = await curl(text);
          return status;
        }, PATIENCE)
        .not.toBe(503);
      expect(answer).not.toHaveProperty('detail');
      expect(status).toBeLessThan(300);
      if (shown === undefined) return;
      const expected = JSON.parse(shown) as { status?: string };
      if (status === 202 && expected.status === 'done') expected.status = 'pending';
      expectAlike(answer, expected);
    };
    // What a change did that goes on after its answer, a read shows in the end.
    await (/ -[Xd] /.test(text) ? run() : vi.waitFor(run, PATIENCE));
  });
});

describe('the script examples', () => {
  beforeAll(async () => {
    stage = await startStage(true);
    return () => stage.stop();
  });

  const scripts = ['README.md', 'docs/reference/sdk.md', 'docs/how-to/sign-user-ids.md'].flatMap(
    (path) => marked(path, 'js', 'run').map(({ text, line }) => ({ path, line, text })),
  );
  const tags = ['README.md', 'docs/reference/sdk.md'].map((path) => ({
    path,
    html: fencesOf(read(path)).find(({ language }) => language === 'html')?.text ?? '',
  }));

  it('are there', () => {
    expect(scripts.length).toBeGreaterThan(8);
  });

  it.each(scripts)('$path, line $line', async ({ text }) => {
    const { page, complaints } = await open(tags[0]?.html ?? '');
    await whenLoaded(page);
    await page.evaluate(`(async () => { ${text} })()`);
    await untilSent(page);
    expect(await complaints()).toEqual([]);
    await page.context().close();
  });

  it.each(tags)('the tag of $path fills a slot', async ({ html }) => {
    const { page, complaints } = await open(`${html}<div data-cresset-slot="hero"></div>`);
    await page.locator('.cresset-banner__title').first().waitFor();
    expect(await page.locator('.cresset-banner__title').first().textContent()).toBe(
      'Good mornings begin slowly',
    );
    expect(await complaints()).toEqual([]);
    await page.context().close();
  });

  it('the module of docs/reference/sdk.md sends', async () => {
    const code = marked('docs/reference/sdk.md', 'js', 'module')[0]?.text ?? '';
    const imports = JSON.stringify({ imports: { cresset: '/cresset.js' } });
    const { page, complaints } = await open(
      `<link rel="icon" href="data:,"><script type="importmap">${imports}</script><script type="module">${code}\nwindow.done = cresset.anonymousId();</script>`,
    );
    await page.waitForFunction(() => 'done' in window);
    const id = await page.evaluate('done');
    await untilSent(page);
    const [status, profile] = await curl(
      `curl ${stage.worker}/v1/profiles/anon/${String(id)} -H "Authorization: Bearer $SECRET_KEY"`,
    );
    expect(status).toBe(200);
    expect(Object.keys((profile as ProfileAnswer).counters)).toEqual(
      expect.arrayContaining(['page', 'Signed Up']),
    );
    expect(await complaints()).toEqual([]);
    await page.context().close();
  });
});

describe('docs/getting-started.md', () => {
  const PATH = 'docs/getting-started.md';
  const html = marked(PATH, 'html', 'page')[0]?.text ?? '';
  const [campaign, profile] = marked(PATH, 'sh', 'run').map(({ text }) => text);

  beforeAll(async () => {
    stage = await startStage(false);
    return () => stage.stop();
  });

  it('ends with a banner for who has looked twice, and for nobody else', async () => {
    const { page, complaints } = await open(html);
    await whenLoaded(page);
    const id = String(await page.evaluate("cresset('anonymousId')"));
    const known = async (): Promise<ProfileAnswer> => {
      const [, answer] = await curl((profile ?? '').replace('MY_ID', id));
      return answer as ProfileAnswer;
    };
    await page.getByRole('button').click();
    await page.getByRole('button').click();
    await expect.poll(async () => (await known()).categories?.['kettles']?.count, PATIENCE).toBe(2);

    const [status, answer] = await curl(campaign ?? '');
    expect(status).toBe(201);
    expect(answer).toMatchObject({ id: 'kettles', inForceWithin: 90 });
    // A campaign is compiled into the snapshot every five seconds at most.
    await expect
      .poll(async () => {
        await page.reload();
        await whenLoaded(page);
        await untilSent(page);
        return page.locator('.cresset-banner').count();
      }, PATIENCE)
      .toBe(1);
    expect(await page.locator('.cresset-banner').innerText()).toContain('Water, but hotter');
    await expect
      .poll(async () => (await known()).counters['Promotion Viewed']?.count, PATIENCE)
      .toBe(1);

    const other = await open(html);
    await whenLoaded(other.page);
    await untilSent(other.page);
    expect(await other.page.locator('[data-cresset-slot]').innerText()).toBe(
      'Welcome. Look around.',
    );
    expect([...(await complaints()), ...(await other.complaints())]).toEqual([]);
  });
});
