import type { Browser } from 'playwright-core';
import { type Collector, type Sent, startCollector } from './collector.ts';
import { judged, type Line, shown } from './line.ts';
import { type Pages, startPages } from './pages.ts';
import { spread } from './spread.ts';
import { ACTIONS, type Tracker, trackers } from './trackers.ts';

/** Rounds; each has every page once, in another order. */
export const ROUNDS = 15;
/** How much slower the processor is made. */
export const SLOWER = 4;
/** Milliseconds for which a page is looked at after its last event came: answers are still being read. */
const AFTER = 500;

/** Milliseconds of one page's main thread. */
interface Cost {
  script: number;
  task: number;
}

/** Opens a page in a browser profile of its own, and answers what its main thread did until all was sent. */
async function costOf(browser: Browser, url: string, sent: () => Promise<unknown>): Promise<Cost> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
    await session.send('Performance.enable');
    await page.goto(url);
    await sent();
    await new Promise((resolve) => setTimeout(resolve, AFTER));
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string): number =>
      1000 * (metrics.find((metric) => metric.name === name)?.value ?? Number.NaN);
    return { script: of('ScriptDuration'), task: of('TaskDuration') };
  } finally {
    await context.close();
  }
}

/** What one tracker cost in each round, less the blank page of the same round. */
interface Costs extends Tracker {
  costs: Cost[];
  sent: Sent;
}

async function rounds(
  browser: Browser,
  pages: Pages,
  collector: Collector,
  compared: readonly Tracker[],
): Promise<Costs[]> {
  const all = compared.map((tracker) => ({
    ...tracker,
    costs: [] as Cost[],
    sent: { requests: 0, preflights: 0, bytes: 0, events: 0 },
  }));
  for (let round = -1; round < ROUNDS; round++) {
    const visits = all.map((one) => async (): Promise<Cost> => {
      const name = `${round}${one.path.slice(1)}`;
      return costOf(browser, pages.tagged(collector.of(name), one.path), async () => {
        one.sent = await collector.came(name, 1 + ACTIONS);
      });
    });
    const order = [async () => costOf(browser, pages.bare, async () => {}), ...visits].map(
      (visit, at) => ({ visit, at }),
    );
    // Who comes first pays for what the browser does once.
    const turn = (round + 1) % order.length;
    const found: Cost[] = [];
    for (const { visit, at } of [...order.slice(turn), ...order.slice(0, turn)])
      found[at] = await visit();
    const [blank, ...costs] = found;
    // The first round only warms up.
    if (round < 0 || blank === undefined) continue;
    for (const [at, { script, task }] of costs.entries())
      all[at]?.costs.push({ script: script - blank.script, task: task - blank.task });
  }
  return all;
}

const ms = (value: number): string => shown(value, 1);

function lineOf({ name, costs, sent }: Costs): Line {
  const task = spread(costs.map(({ task }) => task));
  const script = spread(costs.map(({ script }) => script));
  return {
    what: `main thread, ${name}: task`,
    value: `${ms(task.median)} ms`,
    number: task.median,
    note: `quartiles ${ms(task.lower)} to ${ms(task.upper)}; script ${ms(script.median)} (${ms(script.lower)} to ${ms(script.upper)}); ${sent.requests} requests, ${sent.preflights} of them preflights, ${shown(sent.bytes)} B`,
    detail: { task, script, sent },
  };
}

/** The same, with the verdict: pair by pair below the other. Where the quartiles of the pairs lie on both sides of it, nothing is proven. */
function below(mine: Costs, other: Costs): Line {
  const line = lineOf(mine);
  const pairs = spread(mine.costs.map(({ task }, at) => task - (other.costs[at]?.task ?? 0)));
  const bare = judged({ ...line, number: pairs.median }, 0, '');
  return {
    ...line,
    budget: `below ${other.name}`,
    verdict: pairs.lower < 0 && pairs.upper > 0 ? 'unproven' : (bare.verdict ?? 'unproven'),
    note: `${line.note}; pair by pair ${ms(pairs.median)} ms to ${other.name}'s (${ms(pairs.lower)} to ${ms(pairs.upper)})`,
    detail: { ...(line.detail as object), pairs },
  };
}

/** Main-thread time of load, init, a page view and calls of track, beside the smallest peers in the same rounds. */
export async function mainThread(browser: Browser): Promise<Line[]> {
  const { tag, module, plausible, openpanel } = await trackers();
  const compared = [tag, module, plausible, openpanel];
  const collector = await startCollector();
  const pages = await startPages({
    pages: Object.fromEntries(compared.map(({ path, page }) => [path, page])),
    scripts: Object.fromEntries(compared.map(({ path, script }) => [`${path}.js`, script])),
  });
  try {
    const [ours, whole, theirs, others] = await rounds(browser, pages, collector, compared);
    if (!ours || !whole || !theirs || !others) throw new Error('a tracker was not measured');
    return [below(ours, theirs), below(whole, theirs), lineOf(theirs), lineOf(others)];
  } finally {
    await pages.stop();
    await collector.stop();
  }
}
