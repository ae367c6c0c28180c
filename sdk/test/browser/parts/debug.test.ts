import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Decision } from '../../../../worker/src/contract/wire.ts';
import { expectSent } from '../expectSent.ts';
import { html, useHarness, watch } from '../harness.ts';

const harness = useHarness();
const { collector } = harness;

const hero: Decision = { campaign: 'tents', variant: 'a', reason: 'SPLIT' };

const open = async (): Promise<[Page, Locator]> => {
  const page = await harness.open(`${harness.pages.origin}/debug/?cresset_debug`);
  const panel = page.locator('cresset-debug');
  await panel.getByText(/^Cresset: /).waitFor();
  return [page, panel];
};

test('is there only where the URL asks for it', async () => {
  const page = await harness.open(`${harness.pages.origin}/debug/`);
  await expectSent(collector, [{ type: 'page' }]);
  expect(
    await page.evaluate(() =>
      performance.getEntriesByType('resource').filter(({ name }) => name.includes('/c/')),
    ),
  ).toHaveLength(0);
  expect(await page.locator('cresset-debug').count()).toBe(0);
});

test('shows who, what is captured and sent, and decisions with their reasons', async () => {
  collector.offers = { hero };
  const [page, panel] = await open();
  await expectSent(collector, [{ type: 'page' }]);
  await page.evaluate(() => window.cresset.identify('u-1'));
  await page.getByRole('button', { name: 'Press me' }).click();
  const [pressed] = await expectSent(collector, [{ event: 'Pressed' }]);
  await panel.getByText(/captured: identify/).waitFor();
  await panel.getByText(/captured: Pressed/).waitFor();
  await panel
    .getByText(/sent: 200 [12] accepted 0 duplicates 0 rejected/)
    .first()
    .waitFor();
  await panel.getByText(`anonymous id: ${pressed?.anonymousId}`).waitFor();
  await panel.getByText('user id: u-1').waitFor();
  await panel.getByText('consent: "all"').waitFor();
  // Each line opens to what it is about.
  await panel.getByText(/captured: Pressed/).click();
  await panel.getByText('"button": "this one"').waitFor();
  // What the slots are asked for at the next page view.
  await page.evaluate(() => history.pushState(null, '', '?next'));
  await panel
    .getByText(/decision: hero SPLIT tents a/)
    .first()
    .waitFor();
});

test('shows what was dropped and rejected, and why', async () => {
  const [page, panel] = await open();
  await expectSent(collector, [{ type: 'page' }]);
  await page.evaluate(() => window.cresset.track('Huge', { text: 'x'.repeat(40_000) }));
  await panel.getByText(/dropped: 1 invalid/).waitFor();
  await panel.getByText(/warning: .*too large/).waitFor();
  await panel.getByText(/, 1 dropped$/).waitFor();
  collector.mode = 401;
  await page.getByRole('button', { name: 'Press me' }).click();
  await panel.getByText(/sent: 401 0 accepted .*The answer is 401\./).waitFor();
  await panel.getByText(/dropped: 1 refused/).waitFor();
});

test('shows no user and no id without consent', async () => {
  const [page, panel] = await open();
  await expectSent(collector, [{ type: 'page' }]);
  await page.evaluate(() => {
    window.cresset.consent('none');
    // A call that is none of ours is told, whatever the consent.
    window.cresset('no.such.call');
  });
  await panel.getByText(/^\d\d:\d\d:\d\d warning: /).waitFor();
  await panel.getByText('anonymous id: none, for want of consent').waitFor();
});

test('is used by keyboard, stays out of the way, and goes by Escape', async () => {
  const [page, panel] = await open();
  // What had the focus keeps it; the panel comes last.
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY');
  const summary = panel.getByText(/^Cresset: /);
  await summary.focus();
  await page.keyboard.press('Enter');
  await panel.getByText(/^key: /).waitFor({ state: 'hidden' });
  await page.keyboard.press('Enter');
  await panel.getByText(/key: wk_test/).waitFor();
  await page.keyboard.press('Tab');
  expect(await panel.evaluate(({ shadowRoot }) => shadowRoot?.activeElement?.textContent)).toBe(
    'Close',
  );
  // What the page has is not covered.
  await page.getByRole('button', { name: 'Press me' }).click({ trial: true });
  await page.keyboard.press('Escape');
  await panel.waitFor({ state: 'detached' });
});

test.for(['the button', 'stop()'])('goes by %s, and works no more', async (way) => {
  const [page, panel] = await open();
  if (way === 'stop()') await page.evaluate(() => window.cresset.stop());
  else await panel.getByRole('button', { name: 'Close' }).click();
  await panel.waitFor({ state: 'detached' });
  const said = watch(page);
  await page.evaluate(() => window.cresset.track('Nobody Looks'));
  expect(await panel.count()).toBe(0);
  const { errors } = await said();
  expect(errors).toStrictEqual([]);
});

test('works under a strict Content-Security-Policy and Trusted Types', async () => {
  const page = await harness.context.newPage();
  const said = watch(page);
  await page.goto(
    `${harness.pages.make(
      '/strict',
      `<!doctype html><title>Strict</title><link rel="icon" href="data:,"><script async src="COLLECTOR/c.js" data-key="wk_test"></script>`,
      {
        'content-security-policy': `default-src 'none'; img-src data:; script-src ${collector.origin}; connect-src ${collector.origin}; require-trusted-types-for 'script'`,
      },
    )}?cresset_debug`,
  );
  const panel = page.locator('cresset-debug .panel');
  await panel.waitFor();
  expect(await panel.evaluate((element) => getComputedStyle(element).position)).toBe('fixed');
  const { others } = await said();
  expect(others).toStrictEqual([]);
});

test('the page’s own styles do not reach it', async () => {
  const page = await harness.open(
    `${harness.pages.make('/styled', html('<style>*{display:none!important}</style>'))}?cresset_debug`,
  );
  await page.locator('cresset-debug').waitFor({ state: 'attached' });
  expect(
    await page
      .locator('cresset-debug .panel')
      .evaluate((element) => getComputedStyle(element).display),
  ).toBe('block');
});
