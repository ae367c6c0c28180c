import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectSent, matching } from './expectSent.ts';
import { html, useHarness } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

const acts = (): string[] =>
  collector.events.flatMap(({ event }) => (event?.startsWith('Act ') ? event : [])).toSorted();

const openThree = async (): Promise<[Page, Page, Page]> => {
  const url = harness.pages.make('/tabs', html());
  return [await harness.open(url), await harness.open(url), await harness.open(url)];
};

describe('several tabs', () => {
  test('are one visitor: a user in one is the user in all, and so is signing out', async () => {
    const [one, two, three] = await openThree();
    await one.evaluate(() => window.cresset.identify('u-1'));
    await two.evaluate(() => window.cresset.track('In'));
    await three.evaluate(() => {
      window.cresset.reset();
    });
    await one.evaluate(() => window.cresset.track('Out'));
    const [inside, out] = await expectSent(collector, [{ event: 'In' }, { event: 'Out' }]);
    expect(inside?.userId).toBe('u-1');
    expect(out).not.toHaveProperty('userId');
    expect(out?.anonymousId).not.toBe(inside?.anonymousId);
    const ids = await Promise.all(
      [one, two, three].map(async (page) => page.evaluate(() => window.cresset.anonymousId())),
    );
    expect(new Set(ids)).toStrictEqual(new Set([out?.anonymousId]));
  });

  test('share one queue: what closed tabs left, the last one sends, and each event once', async () => {
    collector.mode = 'down';
    const [one, two, three] = await openThree();
    for (const [tab, page] of [one, two, three].entries())
      await page.evaluate((tab) => {
        for (let n = 0; n < 20; n++) window.cresset.track(`Act ${tab}.${n}`);
      }, tab);
    await one.close();
    await two.close();
    collector.mode = 'ok';
    await collector.until('60 events', () => acts().length === 60);
    expect(new Set(acts()).size).toBe(60);
    await three.waitForFunction(
      () => !Object.keys(localStorage).some((name) => name.startsWith('cresset.wk_test.')),
    );
    // All that was there, each page's view too.
    expect(matching(collector, { type: 'page' })).toHaveLength(3);
  });

  test('that send at the same time lose and double nothing that counts', async () => {
    const tabs = await openThree();
    await Promise.all(
      tabs.map(async (page, tab) =>
        page.evaluate(async (tab) => {
          for (let n = 0; n < 30; n++) {
            window.cresset.track(`Act ${tab}.${n}`);
            await new Promise((done) => {
              setTimeout(done, 10);
            });
          }
        }, tab),
      ),
    );
    await collector.until('90 events', () => acts().length === 90);
    expect(new Set(acts()).size).toBe(90);
  });

  test('are bounded together', async () => {
    collector.mode = 'down';
    const tabs = await openThree();
    for (const [tab, page] of tabs.entries())
      await page.evaluate((tab) => {
        for (let n = 0; n < 190; n++) window.cresset.track(`Act ${tab}.${n}`);
      }, tab);
    const kept = await tabs[0].evaluate(() =>
      Object.keys(localStorage).filter((name) => name.startsWith('cresset.wk_test.')),
    );
    // Each looks at what the others left after twenty of its own.
    expect(kept.length).toBeGreaterThan(150);
    expect(kept.length).toBeLessThanOrEqual(200 + 3 * 20);
  });
});
