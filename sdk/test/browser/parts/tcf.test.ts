import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { expectSent, matching } from '../expectSent.ts';
import { html, useHarness } from '../harness.ts';

const harness = useHarness();
const { collector } = harness;

type Platform = Window & {
  cmp: { listeners: Map<number, unknown>; answer: (...purposes: number[]) => void };
};

const hasListeners = async (page: Page, count: number): Promise<unknown> =>
  page.waitForFunction(
    (count) => (window as unknown as Platform).cmp.listeners.size === count,
    count,
  );

const open = async (query = ''): Promise<Page> => {
  const page = await harness.open(`${harness.pages.origin}/tcf/${query}`);
  await hasListeners(page, 1);
  return page;
};
const answer = async (page: Page, ...purposes: number[]): Promise<void> =>
  page.evaluate((purposes) => (window as unknown as Platform).cmp.answer(...purposes), purposes);

test('nothing is sent or stored until the platform has an answer', async () => {
  const page = await open();
  await page.evaluate(() => window.cresset.track('Early'));
  expect(await page.evaluate(() => Object.keys(localStorage))).toStrictEqual([]);
  expect(collector.requests).toHaveLength(0);
  await page.getByRole('button', { name: 'Agree to everything' }).click();
  const [view] = await expectSent(collector, [{ type: 'page' }, { event: 'Early' }]);
  expect(view?.context.consent).toBe('all');
});

test('storage and measurement alone: measure; the visitor may change it at any time', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Agree to storage and measurement' }).click();
  const [view] = await expectSent(collector, [{ type: 'page' }]);
  expect(view?.context.consent).toBe('measure');
  await page.getByRole('button', { name: 'Agree to everything' }).click();
  await page.evaluate(() => window.cresset.track('Personal'));
  const [personal] = await expectSent(collector, [{ event: 'Personal' }]);
  expect(personal?.context.consent).toBe('all');
  await page.getByRole('button', { name: 'Refuse everything' }).click();
  expect(await page.evaluate(() => Object.keys(localStorage))).toStrictEqual([]);
  expect(await page.evaluate(() => window.cresset.anonymousId())).toBeUndefined();
});

test.for([
  ['neither profile nor use of personal content', [1, 8], 'measure'],
  ['the profile alone', [1, 5, 8], 'measure'],
  ['the use alone', [1, 6, 8], 'measure'],
  ['both', [1, 5, 6, 8], 'all'],
] as const)('%s', async ([, purposes, level]) => {
  const page = await open();
  await answer(page, ...purposes);
  const [view] = await expectSent(collector, [{ type: 'page' }]);
  expect(view?.context.consent).toBe(level);
});

test.for([
  ['no storage', [5, 6, 8]],
  ['no measurement', [1, 5, 6]],
] as const)('%s: nothing', async ([, purposes]) => {
  const page = await open();
  await page.evaluate(() => window.cresset.track('Before'));
  await answer(page, ...purposes);
  expect(await page.evaluate(() => window.cresset.anonymousId())).toBeUndefined();
  await answer(page, 1, 8);
  await page.evaluate(() => window.cresset.track('After'));
  await expectSent(collector, [{ event: 'After' }], [{ event: 'Before' }]);
});

test('where the law does not apply nobody is asked', async () => {
  await open('?elsewhere');
  const [view] = await expectSent(collector, [{ type: 'page' }]);
  expect(view?.context.consent).toBe('all');
});

test('a platform that comes late is waited for, and may give the answer of an earlier visit', async () => {
  const page = await harness.open(
    harness.pages.make('/late', html('', 'data-consent="wait" data-with="tcf"')),
  );
  // The part is there, and found no platform.
  await page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/c/tcf.js')),
  );
  await page.evaluate(() =>
    Object.assign(window, {
      __tcfapi: (command: string, _version: number, run: (...args: unknown[]) => void) => {
        const legitimate = { 8: true };
        const purpose = { consents: { 1: true }, legitimateInterests: legitimate };
        if (command === 'addEventListener')
          run({ listenerId: 7, eventStatus: 'tcloaded', gdprApplies: true, purpose }, true);
      },
    }),
  );
  const [view] = await expectSent(collector, [{ type: 'page' }]);
  // Measurement by legitimate interest, to which nobody objected.
  expect(view?.context.consent).toBe('measure');
});

test('stop() takes the listener away', async () => {
  const page = await open();
  await page.getByRole('button', { name: 'Agree to everything' }).click();
  await expectSent(collector, [{ type: 'page' }]);
  await page.evaluate(() => window.cresset.stop());
  await hasListeners(page, 0);
  expect(matching(collector, { type: 'page' })).toHaveLength(1);
});

test('stop() before the platform has heard of it: its first call ends it', async () => {
  const page = await harness.open(
    harness.pages.make(
      '/stub',
      html(
        `<script>
          // As the stub of a platform that is still loading: it only keeps what it is told.
          window.told = [];
          window.__tcfapi = (...args) => told.push(args);
        </script>`,
        'data-consent="wait" data-with="tcf"',
      ),
    ),
  );
  type Stub = Window & { told: [string, number, (...args: unknown[]) => void, number?][] };
  await page.waitForFunction(() => (window as unknown as Stub).told.length === 1);
  const told = await page.evaluate(() => {
    const { told } = window as unknown as Stub;
    window.cresset.stop();
    told[0]?.[2]({ listenerId: 7, eventStatus: 'tcloaded', gdprApplies: false }, true);
    return told.map(([command, , , id]) => [command, id ?? 0]);
  });
  expect(told).toStrictEqual([
    ['addEventListener', 0],
    ['removeEventListener', 7],
  ]);
});
