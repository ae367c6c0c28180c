import type { Browser, BrowserContext } from 'playwright-core';
import { judged, type Line, shown } from './line.ts';
import { type MakePage, type Pages, tag } from './pages.ts';
import { startMeter } from './meter.ts';
import { spread } from './spread.ts';

/** Path of the page with a slot, and which the bench's hundredth campaign fits. */
export const OFFER_PATH = '/p/offer';
/** That page: what everybody sees, in a place that has its size. */
export const offerPage: MakePage = (collector) => ({
  head: tag(collector),
  body: '<div data-cresset-slot="hero" style="min-height:12rem">What everybody sees</div><p>More.</p>',
});

const LOADS = 15;
/** Milliseconds for which a page is looked at after its offer was painted, or could have been. */
const AFTER = 1_200;
/** Milliseconds after which the offer no longer comes: the SDK gives up long before. */
const LATEST = 5_000;

/** What a page saw of itself. Times in milliseconds since the navigation began. */
interface Seen {
  /** When the offer stood on the screen. */
  painted: number | null;
  /** Sum of all layout shifts. */
  shift: number;
  /** Tasks of 50 ms and more. */
  long: number;
  /** Those that would have been shorter without the SDK's scripts. */
  caused: number;
}

type Window = { seen: { painted: number | null; shift: number; tasks: Span[]; scripts: Span[] } };
type Span = { start: number; end: number };
/** Not yet in TypeScript's DOM: https://w3c.github.io/long-animation-frames/ and https://wicg.github.io/element-timing/ */
type Entry = PerformanceEntry & {
  value?: number;
  renderTime?: number;
  scripts?: (PerformanceEntry & { sourceURL: string })[];
};

/** Runs in the page before anything else. */
function watch(): void {
  const seen: Window['seen'] = { painted: null, shift: 0, tasks: [], scripts: [] };
  (globalThis as unknown as Window).seen = seen;
  const span = ({ startTime, duration }: PerformanceEntry): Span => ({
    start: startTime,
    end: startTime + duration,
  });
  const observe = (type: string, take: (entry: Entry) => void): void =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({
      type,
      buffered: true,
    });
  observe('layout-shift', ({ value = 0 }) => (seen.shift += value));
  observe('longtask', (entry) => seen.tasks.push(span(entry)));
  observe('long-animation-frame', ({ scripts = [] }) => {
    for (const script of scripts)
      if (script.sourceURL.endsWith('/c.js')) seen.scripts.push(span(script));
  });
  observe('element', ({ renderTime = 0 }) => (seen.painted = renderTime));
  // The offer is marked as it is put into the page, before it is painted.
  new MutationObserver(() =>
    document
      .querySelector('[data-cresset-slot] strong:not([elementtiming])')
      ?.setAttribute('elementtiming', 'offer'),
  ).observe(document, { childList: true, subtree: true });
}

async function look(context: BrowserContext, url: string, slower: number): Promise<Seen> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Emulation.setCPUThrottlingRate', { rate: slower });
  await page.goto(url);
  await page
    .waitForFunction(() => (globalThis as unknown as Window).seen.painted !== null, undefined, {
      timeout: LATEST,
    })
    .catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, AFTER));
  const { painted, shift, tasks, scripts } = await page.evaluate(
    () => (globalThis as unknown as Window).seen,
  );
  await page.close();
  const ours = (task: Span): number =>
    scripts
      .map(({ start, end }) => Math.min(end, task.end) - Math.max(start, task.start))
      .filter((time) => time > 0)
      .reduce((sum, time) => sum + time, 0);
  const caused = tasks.filter((task) => ours(task) > 0 && task.end - task.start - ours(task) < 50);
  return { painted, shift, long: tasks.length, caused: caused.length };
}

/** Looks at the page in new browsers, and once more in each: then the script is in the cache and the visitor is known. */
async function looks(
  browser: Browser,
  url: string,
  slower: number,
): Promise<Record<'cold' | 'warm', Seen[]>> {
  const cold: Seen[] = [];
  const warm: Seen[] = [];
  for (let load = -1; load < LOADS; load++) {
    const context = await browser.newContext();
    await context.addInitScript(watch);
    const first = await look(context, url, slower);
    const second = await look(context, url, slower);
    await context.close();
    // The first pair wakes the worker up.
    if (load < 0) continue;
    cold.push(first);
    warm.push(second);
  }
  return { cold, warm };
}

function paintLine(what: string, seen: readonly Seen[]): Line {
  const times = seen.flatMap(({ painted }) => painted ?? []);
  const { median, lower, upper } = spread(times);
  return {
    what: `navigation start → painted offer, ${what}`,
    value: times.length === 0 ? 'never' : `${shown(median)} ms`,
    number: median,
    note: `quartiles ${shown(lower)} to ${shown(upper)}; painted in ${times.length} of ${seen.length} loads`,
    detail: times,
  };
}

const sum = (seen: readonly Seen[], of: (one: Seen) => number): number =>
  seen.reduce((total, one) => total + of(one), 0);

function calmLines(slower: number, seen: readonly Seen[]): Line[] {
  const on = `at ${slower}× slow-down, ${seen.length} loads`;
  const shift = sum(seen, (one) => one.shift);
  const caused = sum(seen, (one) => one.caused);
  return [
    judged({ what: `layout shift, ${on}`, value: shown(shift, 3), number: shift }, 0, ''),
    judged(
      {
        what: `long tasks caused, ${on}`,
        value: String(caused),
        number: caused,
        note: `of ${sum(seen, (one) => one.long)} tasks of 50 ms or more in all; caused is one that would have been shorter without the SDK's scripts`,
      },
      0,
      '',
    ),
  ];
}

/** From the start of the navigation to the painted offer, and whether the page moved or stuttered for it. */
export async function painted(browser: Browser, pages: Pages, port: number): Promise<Line[]> {
  const url = pages.tagged(`http://127.0.0.1:${port}`, OFFER_PATH);
  const plain = await looks(browser, url, 1);
  const slow = await looks(browser, url, 4);
  const trips = await roundTrips(browser, pages, port);
  return [
    paintLine('nothing in the cache, a new visitor', plain.cold),
    paintLine('script in the cache, a known visitor', plain.warm),
    paintLine('nothing in the cache, a new visitor, 4× slow-down', slow.cold),
    paintLine('script in the cache, a known visitor, 4× slow-down', slow.warm),
    judged({ what: 'load with offers: round trips', value: String(trips), number: trips }, 1, ''),
    ...calmLines(1, [...plain.cold, ...plain.warm]),
    ...calmLines(4, [...slow.cold, ...slow.warm]),
  ];
}

/** Requests to the collector, besides those for the script, until the offer is painted. */
async function roundTrips(browser: Browser, pages: Pages, port: number): Promise<number> {
  const meter = await startMeter(port);
  const context = await browser.newContext();
  try {
    await context.addInitScript(watch);
    const page = await context.newPage();
    await page.goto(pages.tagged(meter.origin, OFFER_PATH));
    await page.waitForFunction(() => (globalThis as unknown as Window).seen.painted !== null);
    return meter.read().requests;
  } finally {
    await context.close();
    await meter.stop();
  }
}
