import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { expectSent, matching } from '../expectSent.ts';
import { setVisibility, useHarness } from '../harness.ts';

const harness = useHarness();
const { collector } = harness;

const vitals = { event: 'Web Vitals' };

/** Waits until the browser has measured what the library listens to, and the library has heard of it. */
const measured = async (page: Page, types: string[]): Promise<void> =>
  page.evaluate(async (types) => {
    const come = new Set<string>();
    const observers = types.map((type) => {
      const observer = new PerformanceObserver(() => come.add(type));
      observer.observe({ type, buffered: true });
      return observer;
    });
    // How long an input took is known with the next frame, and headless Chromium draws none unasked.
    while (come.size < observers.length)
      await new Promise((done) => {
        requestAnimationFrame(done);
      });
    // The library waits for idle moments, one after the other.
    for (let turn = 0; turn < 3; turn++)
      await new Promise((done) => {
        requestIdleCallback(done);
      });
  }, types);

const loaded = async (page: Page): Promise<unknown> =>
  page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/c/vitals.js')),
  );

test('one event for the page view, with all values, when it is left', async () => {
  const page = await harness.open(`${harness.pages.origin}/vitals/`);
  await loaded(page);
  await page.getByRole('button', { name: 'Press me' }).click();
  await measured(page, ['paint', 'largest-contentful-paint', 'first-input']);
  expect(matching(collector, vitals)).toStrictEqual([]);
  await page.getByRole('link', { name: 'Next' }).click();
  const [event] = await expectSent(collector, [vitals]);
  const { lcp, fcp, ttfb, inp, cls, ...more } = (event?.properties ?? {}) as {
    [name: string]: number;
  };
  for (const value of [lcp, fcp, ttfb, inp]) {
    expect(Number.isInteger(value)).toBe(true);
    expect(value).toBeGreaterThanOrEqual(0);
  }
  expect(lcp).toBeGreaterThanOrEqual(fcp ?? Infinity);
  expect(cls).toBe(0);
  expect(more).toStrictEqual({});
  expect(event?.context.page?.url).toBe(`${harness.pages.origin}/vitals/`);
});

test('once for a page view, however often the page is hidden', async () => {
  const page = await harness.open(`${harness.pages.origin}/vitals/`);
  await loaded(page);
  await measured(page, ['paint', 'largest-contentful-paint']);
  await setVisibility(page, 'hidden');
  await expectSent(collector, [vitals]);
  await setVisibility(page, 'visible');
  await page.evaluate(() => {
    // Something moves after that: the library says a new value.
    document.body.prepend(Object.assign(document.createElement('p'), { textContent: 'Above' }));
  });
  await setVisibility(page, 'hidden');
  await setVisibility(page, 'visible');
  await page.evaluate(() => window.cresset.track('Last'));
  await expectSent(collector, [{ event: 'Last' }]);
  expect(matching(collector, vitals)).toHaveLength(1);
});

test('a navigation without a load is another page view, which says only what is new', async () => {
  const page = await harness.open(`${harness.pages.origin}/vitals/`);
  await loaded(page);
  await measured(page, ['paint', 'largest-contentful-paint']);
  await page.evaluate(() => history.pushState(null, '', '?utm_source=second'));
  const [first] = await expectSent(collector, [vitals]);
  expect(first?.context.page?.url).toBe(`${harness.pages.origin}/vitals/`);
  expect(first?.properties).toHaveProperty('ttfb');
  await page.getByRole('button', { name: 'Press me' }).click();
  await measured(page, ['first-input']);
  await page.evaluate(() => history.pushState(null, '', '?utm_source=third'));
  await collector.until('the second', () => matching(collector, vitals).length === 2);
  const second = matching(collector, vitals)[1];
  expect(second?.context.page?.url).toBe(`${harness.pages.origin}/vitals/?utm_source=second`);
  expect(second?.properties).toHaveProperty('inp');
  expect(second?.properties).not.toHaveProperty('ttfb');
});

test('after stop() nothing comes of it', async () => {
  const page = await harness.open(`${harness.pages.origin}/vitals/`);
  await loaded(page);
  await measured(page, ['paint', 'largest-contentful-paint']);
  await page.evaluate(() => {
    window.cresset.stop();
  });
  // Stopping is leaving.
  await expectSent(collector, [vitals]);
  await page.goto('about:blank');
  await harness.open(`${harness.pages.origin}/basic/`);
  await collector.until('another page', () => matching(collector, { type: 'page' }).length === 2);
  expect(matching(collector, vitals)).toHaveLength(1);
});
