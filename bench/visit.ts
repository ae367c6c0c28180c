import type { Browser, BrowserContext, Page } from 'playwright-core';
import { judged, type Line, shown } from './line.ts';
import { type Meter, startMeter } from './meter.ts';
import type { Pages } from './pages.ts';
import { ACTIONS } from './trackers.ts';
import { until } from './until.ts';

type Product = { product_id: string; name: string; category: string; price: number };
type Api = {
  cresset: {
    track(event: string, properties?: object): void;
    identify(userId: string, traits: object): void;
    cart: { add(product: Product, properties: object): void };
    checkout(properties: object): void;
    purchase(order: object): void;
  };
};

/** Resolves when the SDK is there. */
export const ready = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => (globalThis as unknown as Partial<Api>).cresset?.track !== undefined);

const HOW = 'the rest are the headers that Chromium sends to another origin over HTTP/1.1';

/** Runs a visit against a meter of its own, and answers what went over the line. */
async function metered(
  browser: Browser,
  port: number,
  visit: (context: BrowserContext, meter: Meter) => Promise<void>,
): Promise<ReturnType<Meter['read']>> {
  const meter = await startMeter(port);
  const context = await browser.newContext();
  try {
    await visit(context, meter);
    return meter.read();
  } finally {
    await context.close();
    await meter.stop();
  }
}

const came = (meter: Meter, name: string, times: number): Promise<void> =>
  until(async () => meter.count(name) >= times, 30_000);

/** Path of the page that makes its calls at once. */
export const EARLY_PATH = '/early';

async function actionsOf(
  browser: Browser,
  pages: Pages,
  port: number,
  early: boolean,
): Promise<Line[]> {
  const { requests, preflights, bytes, bodies } = await metered(
    browser,
    port,
    async (context, meter) => {
      const page = await context.newPage();
      await page.goto(pages.tagged(meter.origin, early ? EARLY_PATH : '/'));
      if (!early) {
        await ready(page);
        await page.evaluate((actions) => {
          const { cresset } = globalThis as unknown as Api;
          for (let action = 0; action < actions; action++) cresset.track('Action', { action });
        }, ACTIONS);
      }
      await came(meter, 'page', 1);
      await came(meter, 'Action', ACTIONS);
    },
  );
  const what = (of: string): string =>
    `init, page view, ${ACTIONS} track ${early ? 'at once' : 'once the script is there'}: ${of}`;
  return [
    judged({ what: what('requests'), value: String(requests), number: requests }, 2, ''),
    judged({ what: what('preflights'), value: String(preflights), number: preflights }, 0, ''),
    judged(
      {
        what: what('bytes sent'),
        value: `${shown(bytes)} B`,
        number: bytes,
        note: `bodies ${shown(bodies)} B, ${HOW}`,
      },
      3_000,
      'B',
    ),
  ];
}

/**
 * What init, one page view and ten calls of track cost the visitor's line: called in the page's own script, as the
 * peers were measured, and called later, when the page view is already on its way.
 */
export const actions = async (browser: Browser, pages: Pages, port: number): Promise<Line[]> => [
  ...(await actionsOf(browser, pages, port, true)),
  ...(await actionsOf(browser, pages, port, false)),
];

const kettle: Product = {
  product_id: 'kettle-1',
  name: 'Slow-pour kettle',
  category: 'coffee',
  price: 84,
};
const mill: Product = { product_id: 'mill-2', name: 'Hand mill', category: 'coffee', price: 129 };

/** The pages of a visit: where, what is called there, and the last event that this makes. */
const STEPS: readonly {
  path: string;
  calls: (products: [Product, Product]) => void;
  last: string;
}[] = [
  {
    path: '/',
    calls: () =>
      (globalThis as unknown as Api).cresset.identify('user-42', { email: 'ada@example.org' }),
    last: 'identify',
  },
  {
    path: '/p/kettle-1',
    calls: ([kettle]) => (globalThis as unknown as Api).cresset.track('Product Viewed', kettle),
    last: 'Product Viewed',
  },
  {
    path: '/p/mill-2',
    calls([, mill]) {
      const { cresset } = globalThis as unknown as Api;
      cresset.track('Product Viewed', mill);
      cresset.cart.add(mill, { currency: 'EUR', products: [{ ...mill, quantity: 1 }] });
    },
    last: 'Product Added',
  },
  {
    path: '/checkout',
    calls: ([, mill]) =>
      (globalThis as unknown as Api).cresset.checkout({
        order_id: 'order-7',
        value: 129,
        currency: 'EUR',
        products: [{ ...mill, quantity: 1 }],
      }),
    last: 'Checkout Started',
  },
  {
    path: '/thanks',
    calls: ([, mill]) =>
      (globalThis as unknown as Api).cresset.purchase({
        order_id: 'order-7',
        total: 129,
        currency: 'EUR',
        products: [{ ...mill, quantity: 1 }],
      }),
    last: 'Order Completed',
  },
];

/** What a visit of five pages with a cart costs: it looks at each page until its events are there, so that none gather. */
export async function shopping(browser: Browser, pages: Pages, port: number): Promise<Line[]> {
  const { requests, preflights, bytes, bodies, events, again } = await metered(
    browser,
    port,
    async (context, meter) => {
      const page = await context.newPage();
      for (const [at, { path, calls, last }] of STEPS.entries()) {
        const before = meter.count(last);
        await page.goto(pages.tagged(meter.origin, path));
        await ready(page);
        await came(meter, 'page', at + 1);
        await page.evaluate(calls, [kettle, mill] as [Product, Product]);
        await came(meter, last, before + 1);
      }
      // The last page's engaged time comes when it is left.
      const before = meter.count('Page Engaged');
      await page.goto(pages.bare);
      await came(meter, 'Page Engaged', before + 1);
    },
  );
  return [
    {
      what: 'visit of 5 pages with a cart: requests',
      value: String(requests),
      number: requests,
      note: `${events} events: page views, engaged time, identify, 2 products, cart, checkout, order; ${again} of them twice, since the page was gone before the answer came; ${preflights} preflights`,
      detail: { requests, preflights, bytes, bodies, events, again },
    },
    {
      what: 'visit of 5 pages with a cart: bytes sent',
      value: `${shown(bytes)} B`,
      number: bytes,
      note: `bodies ${shown(bodies)} B, ${HOW}`,
    },
  ];
}
