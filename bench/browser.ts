import { launchChromium } from '../scripts/chromium.ts';
import type { Section } from './line.ts';
import { mainThread, ROUNDS, SLOWER } from './mainThread.ts';
import { OFFER_PATH, offerPage, painted } from './painted.ts';
import { startPages } from './pages.ts';
import { makeSite } from './site.ts';
import { startStack } from './stack.ts';
import { earlyPage } from './trackers.ts';
import { actions, EARLY_PATH, shopping } from './visit.ts';

/** What the SDK costs a page and its visitor, in Chromium. */
export async function browser(script: string): Promise<Section> {
  const stack = await startStack(script, ['built']);
  const pages = await startPages({ pages: { [OFFER_PATH]: offerPage, [EARLY_PATH]: earlyPage } });
  const chromium = await launchChromium();
  try {
    await makeSite(stack.db, true);
    const port = await stack.port('built');
    return {
      title: 'Browser',
      method: `Chromium ${chromium.version()}. Main thread: load, init, a page view and 10 calls of track at ${SLOWER}× CPU slow-down, ${ROUNDS} rounds that have every page once in turn, each in a browser profile of its own, less the blank page of the same round; medians; the collector answers at once, from another site. All else: the built worker on another site than the page, with 100 campaigns, of which the last one holds; paint as Element Timing says.`,
      lines: [
        ...(await mainThread(chromium)),
        ...(await actions(chromium, pages, port)),
        ...(await shopping(chromium, pages, port)),
        ...(await painted(chromium, pages, port)),
      ],
    };
  } finally {
    await chromium.close();
    await pages.stop();
    await stack.dispose();
  }
}
