import type { Browser, Page } from 'playwright-core';
import { launchChromium } from '../scripts/chromium.ts';
import { judged, type Line, type Section, shown } from './line.ts';
import { type Pages, startPages } from './pages.ts';
import { makeSite } from './site.ts';
import { startStack } from './stack.ts';
import { until } from './until.ts';
import { ready } from './visit.ts';

const EXITS = 20;
const CALLS = 20;
const ALL = EXITS * CALLS;
/** An event needs up to a second at its object and at each of two queues; this is how long none came. */
const SETTLED = 6_000;

interface Stored {
  /** Calls that are in D1. */
  calls: number;
  /** Those that are there more than once. */
  twice: number;
  /** Rows of whatever kind. */
  rows: number;
}

async function storedIn(db: D1Database): Promise<Stored> {
  const row = await db
    .prepare(
      `select count(*) as calls, coalesce(sum(times > 1), 0) as twice,
        (select count(*) from events) as rows
      from (
        select count(*) as times from events where name = 'Exit'
        group by properties ->> 'exit', properties ->> 'call'
      )`,
    )
    .first<Stored>();
  return row ?? { calls: 0, twice: 0, rows: 0 };
}

/** What is stored once nothing has come for {@link SETTLED}; or, if that is enough, once all calls are there. */
async function settled(db: D1Database, enough: boolean): Promise<Stored> {
  let last = await storedIn(db);
  let changed = performance.now();
  await until(async () => {
    const now = await storedIn(db);
    if (now.rows !== last.rows) changed = performance.now();
    last = now;
    return (enough && now.calls >= ALL) || performance.now() - changed > SETTLED;
  }, 120_000);
  return last;
}

type Api = { cresset: { track(event: string, properties: object): void } };

async function leave(page: Page, exit: number, bare: string): Promise<void> {
  await page.evaluate(
    ([exit, calls, bare]) => {
      const { cresset } = globalThis as unknown as Api;
      for (let call = 0; call < calls; call++) cresset.track('Exit', { exit, call });
      location.href = bare;
    },
    [exit, CALLS, bare] as const,
  );
  await page.waitForURL(bare);
}

/** Events lost at page exit: calls and a navigation in one task, in a browser of its own each time. */
async function exits(
  browser: Browser,
  pages: Pages,
  worker: string,
  db: D1Database,
): Promise<Line[]> {
  const open: Page[] = [];
  for (let exit = 0; exit < EXITS; exit++) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(pages.tagged(worker));
    await ready(page);
    await leave(page, exit, pages.bare);
    open.push(page);
  }
  const without = await settled(db, true);
  for (const page of open) {
    await page.goto(pages.tagged(worker));
    await ready(page);
  }
  // Whatever is sent twice must have had its time to come.
  const later = await settled(db, false);
  for (const page of open) await page.context().close();

  const line = (what: string, number: number): Omit<Line, 'verdict' | 'budget'> => ({
    what,
    value: `${shown(number)} of ${ALL}`,
    number,
  });
  return [
    judged(line('stored without a further page', without.calls), ALL, `of ${ALL}`, true),
    judged(line('stored after one further page', later.calls), ALL, `of ${ALL}`, true),
    judged(line('stored twice', later.twice), 0, ''),
  ];
}

/** Events lost at page exit in Chromium. */
export async function exit(script: string): Promise<Section> {
  const stack = await startStack(script, ['built']);
  const pages = await startPages();
  const browser = await launchChromium();
  try {
    await makeSite(stack.db, false);
    const port = await stack.port('built');
    return {
      title: 'Page exit',
      method: `Chromium ${browser.version()}, the built worker on another site than the page. ${CALLS} calls of track, then navigation in the same task to a page without the SDK, ${EXITS} times, as soon as the SDK is there; counted in D1.`,
      lines: await exits(browser, pages, `http://127.0.0.1:${port}`, stack.db),
    };
  } finally {
    await browser.close();
    await pages.stop();
    await stack.dispose();
  }
}
