/** The examples of docs/reference/parts.md do run. */
import { build, type Plugin } from 'esbuild';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fencesOf, read } from '../../../../worker/test/unit/docs/markdown.ts';
import { DIST } from '../collector.ts';
import { expectSent } from '../expectSent.ts';
import { useHarness, watch } from '../harness.ts';

const harness = useHarness();
const { collector } = harness;

const fences = fencesOf(read('docs/reference/parts.md'));
const marked = (mark: string): { line: number; text: string }[] =>
  fences.filter((fence) => fence.language === 'js' && fence.mark === mark);

/** `cresset` and `cresset/…` are what was built. */
const built: Plugin = {
  name: 'built',
  setup(build) {
    build.onResolve({ filter: /^cresset(\/|$)/ }, ({ path }) => ({
      path: resolve(DIST, `${path.slice(8) || 'index'}.js`),
      sideEffects: true,
    }));
  },
};

const bundle = async (contents: string): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents, loader: 'jsx', resolveDir: resolve('.') },
    bundle: true,
    write: false,
    jsx: 'automatic',
    format: 'esm',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [built],
    logLevel: 'error',
  });
  return (outputFiles[0]?.text ?? '')
    .replaceAll('https://c.example.com', 'COLLECTOR')
    .replaceAll('wk_…', 'wk_test')
    .replaceAll(String.raw`wk_\u2026`, 'wk_test');
};

/** Opens a page that runs the code, and listens to it. */
const run = async (code: string): Promise<ReturnType<typeof watch>> => {
  const page = await harness.context.newPage();
  const said = watch(page);
  harness.pages.make('/app.js', await bundle(code), {
    'content-type': 'text/javascript; charset=utf-8',
  });
  await page.goto(
    harness.pages.make(
      '/documented',
      `<!doctype html><title>Documented</title><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/app.js"></script>`,
    ),
  );
  return said;
};

describe('a module', () => {
  test('there is one for each part', () => {
    const parts = ['datalayer', 'tcf', 'jsonld', 'vitals', 'debug', 'items', 'coupon'];
    const texts = marked('module').map(({ text }) => text);
    expect(
      parts.filter((name) => !texts.some((text) => text.includes(`'cresset/${name}'`))),
    ).toEqual([]);
  });

  test.for(marked('module'))('line $line', async ({ text }) => {
    // Where the consent is waited for, the visitor gives it.
    const said = await run(`${text}\ncresset.consent('all');\ncresset.track('Documented');`);
    await expectSent(collector, [{ type: 'page' }, { event: 'Documented' }]);
    if (text.includes('dataLayer.push'))
      await expectSent(collector, [{ event: 'Product Added', properties: { price: 49 } }]);
    expect((await said()).errors).toStrictEqual([]);
  });
});

test('the app of React', async () => {
  collector.offers = {
    hero: { reason: 'STATIC', offer: { kind: 'banner', content: { title: 'Tents are in' } } },
    sidebar: { reason: 'STATIC', offer: { kind: 'text', content: { text: 'Ships today' } } },
  };
  const app = marked('react')[0]?.text ?? '';
  const said = await run(
    `import { createRoot } from 'react-dom/client';\n${app.replace("host: '", "timeout: 9000, host: '")}\n` +
      `createRoot(document.getElementById('root')).render(<App />);`,
  );
  const [page] = harness.context.pages();
  await page?.getByText('Tents are in').waitFor();
  await page?.getByText('Ships today').waitFor();
  await page?.getByRole('button', { name: 'Add' }).click();
  await expectSent(collector, [{ event: 'Product Added', properties: { product_id: 'tent-1' } }]);
  expect((await said()).errors).toStrictEqual([]);
});

test('a tag for each part that takes one', async () => {
  const tags = fences.filter(({ language }) => language === 'html').map(({ text }) => text);
  expect(tags.length).toBeGreaterThan(3);
  for (const tag of tags) {
    const html = tag.replaceAll('https://c.example.com', 'COLLECTOR').replace('wk_…', 'wk_test');
    const page = await harness.open(
      harness.pages.make(
        '/tag',
        `<!doctype html><title>Tag</title><link rel="icon" href="data:,">${html}`,
      ),
    );
    const [, names = ''] = /data-with="([^"]*)"/.exec(tag) ?? [];
    for (const name of names.split(' '))
      await page.waitForFunction(
        (file) =>
          performance
            .getEntriesByType('resource')
            .some(
              (entry) =>
                entry.name.endsWith(file) &&
                'responseStatus' in entry &&
                entry.responseStatus === 200,
            ),
        `/c/${name}.js`,
      );
    await page.close();
  }
});
