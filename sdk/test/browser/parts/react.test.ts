import { build } from 'esbuild';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { DecideRequest, Decision, Offer } from '../../../../worker/src/contract/wire.ts';
import { DIST } from '../collector.ts';
import { expectSent, matching } from '../expectSent.ts';
import { useHarness, watch } from '../harness.ts';

const harness = useHarness();
const { collector } = harness;

type Version = 18 | 19;

/**
 * Builds a file of the example, or code that stands beside them, with the React of that version as it is while an app
 * is developed.
 */
const bundle = async (version: Version, code: string, format: 'iife' | 'cjs'): Promise<string> => {
  const folder = resolve('examples/react');
  const { outputFiles } = await build({
    ...(code.endsWith('.jsx')
      ? { entryPoints: [join(folder, code)] }
      : { stdin: { contents: code, loader: 'jsx', resolveDir: folder } }),
    bundle: true,
    write: false,
    format,
    platform: format === 'cjs' ? 'node' : 'browser',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: {
      'cresset/react': resolve(DIST, 'react.js'),
      ...(version === 18 && { react: 'react-18', 'react-dom': 'react-dom-18' }),
    },
    logLevel: 'error',
  });
  return (outputFiles[0]?.text ?? '')
    .replaceAll('http://127.0.0.1:8787', 'COLLECTOR')
    .replaceAll('key: "wk_demo"', 'key: "wk_test", timeout: 9000');
};

/** The page as the example's server makes it. */
const rendered = async (version: Version): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'cresset-react-'));
  try {
    const file = join(folder, 'server.cjs');
    await writeFile(file, await bundle(version, 'server.jsx', 'cjs'));
    return (createRequire(file)(file) as { html: () => string }).html();
  } finally {
    await rm(folder, { recursive: true });
  }
};

const script = (code: string): string =>
  harness.pages.make('/react/app.js', code, { 'content-type': 'text/javascript; charset=utf-8' });

const decided = (slot: string, offer?: Offer): Decision => ({
  decisionId: `token-${slot}`,
  campaign: `campaign-${slot}`,
  variant: 'a',
  reason: 'STATIC',
  ...(offer && { offer }),
});
const offers = {
  hero: decided('hero', { kind: 'banner', content: { title: 'Tents are in' } }),
  sidebar: decided('sidebar', { kind: 'text', content: { text: 'Ships today' } }),
};
const exposure = (slot: string, event = 'Promotion Viewed') => ({
  event,
  properties: {
    promotion_id: `campaign-${slot}`,
    creative: 'a',
    position: slot,
    decisionId: `token-${slot}`,
  },
});
const asked = (): string[][] =>
  collector.requests
    .filter(({ path }) => path === '/v1/decide')
    .map(({ body }) => (JSON.parse(body) as DecideRequest).slots);

/** Neither the page nor React nor Cresset has a complaint. */
const SILENCE = { errors: [], warnings: [], others: [] };

describe.for([18, 19] as const)('React %i', (version) => {
  test('the server’s page is hydrated as it is; then offers come, asked for at once and seen once', async () => {
    const page = await harness.context.newPage();
    const said = watch(page);
    const html = await rendered(version);
    expect(html).toContain('<p>Welcome. Look around.</p>');
    expect(html).toContain('Nothing special today.');
    script(await bundle(version, 'client.jsx', 'iife'));
    collector.offers = offers;
    await page.goto(harness.pages.make('/react/', html));

    await page.locator('.hero .cresset-banner').waitFor();
    await page.locator('aside em').waitFor();
    expect(await page.locator('.hero').innerText()).toBe('Tents are in');
    expect(await page.locator('aside').innerText()).toBe('Ships today');
    expect(asked()).toStrictEqual([['hero', 'sidebar']]);
    await expectSent(collector, [exposure('hero'), exposure('sidebar')]);

    await page.locator('aside').click();
    await page.locator('.cresset-banner').click();
    await page.getByRole('button', { name: 'In the cart: 0' }).click();
    await page.getByRole('button', { name: 'In the cart: 1' }).waitFor();
    await expectSent(collector, [
      exposure('sidebar', 'Promotion Clicked'),
      exposure('hero', 'Promotion Clicked'),
      { event: 'Product Added', properties: { product_id: 'tent-1', currency: 'EUR' } },
    ]);
    // StrictMode does everything twice, but for what is told.
    expect(matching(collector, { event: 'Promotion Viewed' })).toHaveLength(2);
    expect(matching(collector, { event: 'Promotion Clicked' })).toHaveLength(2);
    expect(matching(collector, { type: 'page' })).toHaveLength(1);
    expect(await said()).toStrictEqual(SILENCE);
  });

  const start = async (options = ''): Promise<[Page, ReturnType<typeof watch>]> => {
    const page = await harness.context.newPage();
    const said = watch(page);
    script(
      await bundle(
        version,
        `import { StrictMode } from 'react';
        import { createRoot } from 'react-dom/client';
        import { CressetProvider, Slot, useCresset } from 'cresset/react';
        import { App } from './app.jsx';
        const options = { key: "wk_demo", host: 'http://127.0.0.1:8787', ${options} };
        const root = createRoot(document.getElementById('root'));
        const Out = () => { window.cresset = useCresset(); return null; };
        const show = (what) => root.render(<StrictMode>{what}</StrictMode>);
        window.app = (slots) => show(<App options={options} slots={slots} />);
        window.many = (count, text = 'Default') => show(
          <CressetProvider options={options}>
            <Out />
            {Array.from({ length: count }, (_, index) => (
              <Slot key={index} name={'slot-' + index}>{text && <p>{text}</p>}</Slot>
            ))}
          </CressetProvider>,
        );
        window.gone = () => root.unmount();`,
        'iife',
      ),
    );
    await page.goto(
      harness.pages.make(
        '/react/',
        `<!doctype html><title>React</title><link rel="icon" href="data:,"><div id="root"></div><script src="app.js"></script>`,
      ),
    );
    return [page, said];
  };
  type Tools = Window & {
    app: (slots: boolean) => void;
    many: (count: number, text?: string) => void;
    gone: () => void;
  };

  test('slots go and come back; what comes back asks anew', async () => {
    collector.offers = offers;
    const [page, said] = await start();
    const app = async (slots: boolean): Promise<void> =>
      page.evaluate((slots) => (window as unknown as Tools).app(slots), slots);
    await app(true);
    await page.locator('.hero .cresset-banner').waitFor();
    await app(false);
    await page.locator('.hero').waitFor({ state: 'detached' });
    await app(true);
    await page.locator('.hero .cresset-banner').waitFor();
    expect(asked()).toStrictEqual([
      ['hero', 'sidebar'],
      ['hero', 'sidebar'],
    ]);
    await page.evaluate(() => (window as unknown as Tools).gone());
    expect(await page.locator('#root').innerHTML()).toBe('');
    expect(await said()).toStrictEqual(SILENCE);
  });

  test('the default may change, and go, while an offer stands in its place', async () => {
    collector.offers = { 'slot-0': offers.hero };
    const [page, said] = await start();
    const many = async (text: string): Promise<void> =>
      page.evaluate((text) => (window as unknown as Tools).many(1, text), text);
    await many('Default');
    await page.locator('.cresset-banner').waitFor();
    await many('Changed');
    await many('');
    await many('Back again');
    await page.locator('.cresset-banner').waitFor();
    // Without consent nothing stands there: what was there before is the default as it is now.
    await page.evaluate(() => window.cresset.consent('none'));
    await page.getByText('Back again').waitFor();
    expect(await said()).toStrictEqual(SILENCE);
  });

  test('more slots than one question takes are several questions', async () => {
    const [page] = await start();
    await page.evaluate(() => (window as unknown as Tools).many(45));
    await collector.until('the questions', () => asked().length === 3);
    // They go side by side, and may come in any order.
    const lengths = asked().map(({ length }) => length);
    expect(lengths.toSorted((a, b) => b - a)).toStrictEqual([20, 20, 5]);
    expect(new Set(asked().flat()).size).toBe(45);
  });

  test('a withheld offer’s place is seen as well', async () => {
    collector.offers = { hero: decided('hero'), sidebar: decided('sidebar') };
    const [page] = await start();
    await page.evaluate(() => (window as unknown as Tools).app(true));
    await expectSent(collector, [exposure('hero'), exposure('sidebar')]);
    expect(await page.locator('.hero').innerText()).toBe('Welcome. Look around.');
  });

  test('what comes with the consent is asked for then', async () => {
    collector.offers = { 'slot-0': offers.hero };
    const [page] = await start(`consent: 'wait'`);
    await page.evaluate(() => (window as unknown as Tools).many(1));
    await page.waitForFunction(() => window.cresset?.stop !== undefined);
    expect(collector.requests).toHaveLength(0);
    await page.evaluate(() => window.cresset.consent('all'));
    await page.locator('.cresset-banner').waitFor();
    expect(asked()).toStrictEqual([['slot-0']]);
  });

  test('a worker in trouble: the default stays', async () => {
    collector.mode = 500;
    const [page, said] = await start();
    await page.evaluate(() => (window as unknown as Tools).app(true));
    await page.locator('aside[aria-busy=false]').waitFor();
    expect(await page.locator('.hero').innerText()).toBe('Welcome. Look around.');
    // The browser itself tells of the answers; React of nothing.
    const { errors, others } = await said();
    expect([...errors, ...others.filter((text) => !text.includes('500'))]).toStrictEqual([]);
  });
});
