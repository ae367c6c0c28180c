import { describe, expect, test } from 'vitest';
import { expectSent, matching } from './expectSent.ts';
import { html, useHarness, watch } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

describe('the global', () => {
  test('is the only one, and takes calls before and after the script has loaded', async () => {
    const page = await harness.open(`${harness.pages.origin}/basic/`);
    await expectSent(collector, [
      { event: 'Early Call', properties: { made: 'before the script' } },
    ]);
    await page.evaluate(() => {
      window.cresset('track', 'By Name', { way: 1 });
      window.cresset('cart.remove', { sku: 's-1' });
      window.cresset.track('By Method', { way: 2 });
    });
    await expectSent(collector, [
      { event: 'By Name', properties: { way: 1 } },
      { event: 'Product Removed', properties: { sku: 's-1' } },
      { event: 'By Method', properties: { way: 2 } },
    ]);
    const globals = async (url: string): Promise<string[]> => {
      const other = await harness.context.newPage();
      await other.goto(url);
      await other.waitForLoadState('networkidle');
      return other.evaluate(() => Object.keys(window));
    };
    const without = await globals(harness.pages.make('/bare', '<title>Bare</title>'));
    const withIt = await globals(harness.pages.make('/tagged', html()));
    expect(withIt.filter((name) => !without.includes(name))).toStrictEqual(['cresset']);
  });

  test('the calls of the tag are these', async () => {
    const page = await harness.open(harness.pages.make('/calls', html()));
    const calls = await page.evaluate(() =>
      Object.entries(window.cresset).flatMap(([name, value]) =>
        typeof value === 'object' && name !== 'options'
          ? Object.keys(value).map((part) => `${name}.${part}`)
          : name,
      ),
    );
    expect(calls.toSorted()).toStrictEqual([
      'anonymousId',
      'cart.add',
      'cart.remove',
      'cart.view',
      'checkout',
      'consent',
      'decide',
      'identify',
      'load',
      'on',
      'options',
      'page',
      'purchase',
      'renderers.banner',
      'renderers.text',
      'reset',
      'show',
      'stop',
      'track',
    ]);
  });

  test('keeps the order of early calls, and returns what a call returns', async () => {
    const page = await harness.open(
      harness.pages.make(
        '/order',
        html(
          `<script>cresset('track','One');cresset('identify','u-1');cresset('track','Two')</script>`,
        ),
      ),
    );
    const [one, two] = await expectSent(collector, [{ event: 'One' }, { event: 'Two' }]);
    expect(one?.userId).toBeUndefined();
    expect(two?.userId).toBe('u-1');
    expect(await page.evaluate(() => window.cresset('anonymousId'))).toBe(two?.anonymousId);
  });

  test('a second script tag changes nothing', async () => {
    const second = '<script async src="COLLECTOR/c.js" data-key="wk_other"></script>';
    const page = await harness.open(harness.pages.make('/twice', html(second)));
    await page.waitForLoadState('load');
    await page.evaluate(() => window.cresset.track('After'));
    await expectSent(collector, [{ event: 'After' }]);
    expect(matching(collector, { type: 'page' })).toHaveLength(1);
    expect(new Set(collector.requests.map(({ body }) => JSON.parse(body).writeKey)).size).toBe(1);
  });

  test.for([
    ['no key', '<script async src="COLLECTOR/c.js"></script>'],
    [
      'a host that is none',
      '<script async src="COLLECTOR/c.js" data-key="k" data-host="::"></script>',
    ],
    [
      'a consent that is none',
      '<script async src="COLLECTOR/c.js" data-key="k" data-consent="Yes"></script>',
    ],
  ])('%s throws nothing into the page', async ([, body]) => {
    const page = await harness.context.newPage();
    const said = watch(page);
    await page.goto(harness.pages.make('/odd', `<!doctype html><title>Odd</title>${body}`));
    await page.waitForFunction(() => window.cresset?.stop !== undefined);
    await page.evaluate(() => {
      window.cresset.track('X');
      window.cresset('no.such.call');
      window.cresset(undefined as never);
      window.cresset.page(null as never, undefined);
      window.cresset.identify(null as never, null as never, null as never);
      window.cresset.cart.add(null as never);
      window.cresset.cart.view();
      window.cresset.consent('maybe' as never);
    });
    const { errors } = await said();
    expect(errors).toStrictEqual([]);
  });
});

describe('as a module', () => {
  test('import { init } gives the same', async () => {
    const url = harness.pages.make(
      '/module',
      `<!doctype html><title>Module</title><link rel="icon" href="data:,"><div data-cresset-slot="hero"></div><script type="module">
        import { init } from '/dist/index.js';
        const cresset = init({ key: 'wk_test', host: 'COLLECTOR', timeout: 5000 });
        Object.assign(window, { cresset, same: init({ key: 'wk_other', host: '' }) === cresset });
        cresset.track('From A Module');
      </script>`,
    );
    collector.offers = {
      hero: { reason: 'STATIC', offer: { kind: 'banner', content: { title: 'Hello' } } },
    };
    const page = await harness.open(url);
    await expectSent(collector, [{ type: 'page' }, { event: 'From A Module' }]);
    await page.getByText('Hello').waitFor();
    expect(await page.evaluate(() => (window as unknown as { same: boolean }).same)).toBe(true);
    // In one request. On a slow machine the banner's exposure may have followed.
    const { batch, decide } = JSON.parse(collector.requests[0]?.body ?? '');
    expect(batch).toHaveLength(2);
    expect(decide).toStrictEqual(['hero']);
  });

  test('create brings its parts alone: without `identity` the anonymous id is in the store only', async () => {
    const url = harness.pages.make(
      '/create',
      `<!doctype html><title>Create</title><link rel="icon" href="data:,"><script type="module">
        import { create, pages } from '/dist/index.js';
        window.cresset = create({ key: 'wk_test', host: 'COLLECTOR', with: [pages] });
        cresset.track('Bare');
      </script>`,
    );
    const page = await harness.open(url);
    const [view, bare] = await expectSent(collector, [{ type: 'page' }, { event: 'Bare' }]);
    expect(bare?.anonymousId).toBe(view?.anonymousId);
    expect(bare).not.toHaveProperty('userId');
    expect(await page.evaluate(() => Object.keys(window.cresset).toSorted())).toStrictEqual([
      'anonymousId',
      'consent',
      'on',
      'options',
      'page',
      'stop',
      'track',
    ]);
    expect(await page.evaluate(() => localStorage.getItem('cresset.id'))).toBe(view?.anonymousId);
    expect(await harness.context.cookies()).toStrictEqual([]);
    await page.reload();
    await page.waitForFunction(() => window.cresset?.stop !== undefined);
    expect(await page.evaluate(() => window.cresset.anonymousId())).toBe(view?.anonymousId);
    await page.evaluate(() => window.cresset.consent('none'));
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });
});

describe('calls', () => {
  test('cart, checkout and purchase have the names of the e-commerce spec', async () => {
    const page = await harness.open(harness.pages.make('/calls', html()));
    await page.evaluate(() => {
      const lamp = { product_id: 'lamp-1', price: 20, quantity: 2 };
      window.cresset.cart.add(lamp, { currency: 'EUR' });
      window.cresset.cart.remove(lamp);
      window.cresset.cart.view([lamp], { cart_id: 'c-1' });
      window.cresset.checkout({ value: 40, currency: 'EUR' });
      window.cresset.purchase({ order_id: 'o-1', total: 40 });
    });
    const lamp = { product_id: 'lamp-1', price: 20, quantity: 2 };
    const events = await expectSent(collector, [
      { event: 'Product Added' },
      { event: 'Product Removed' },
      { event: 'Cart Viewed' },
      { event: 'Checkout Started' },
      { event: 'Order Completed' },
    ]);
    expect(events.map(({ properties }) => properties)).toStrictEqual([
      { currency: 'EUR', ...lamp },
      lamp,
      { cart_id: 'c-1', products: [lamp] },
      { value: 40, currency: 'EUR' },
      { order_id: 'o-1', total: 40 },
    ]);
  });

  test('identify: the user goes with later events; another user gets another anonymous id', async () => {
    const page = await harness.open(harness.pages.make('/identify', html()));
    await page.evaluate(() => {
      window.cresset.track('Nobody');
      window.cresset.identify({ mood: 'curious' });
      window.cresset.identify('u-1', { plan: 'free' }, { signature: 'abc' });
      window.cresset.track('First');
      window.cresset.identify('u-1');
      window.cresset.track('Still First');
      window.cresset.identify(2);
      window.cresset.track('Second');
      window.cresset.reset();
      window.cresset.track('Nobody Again');
    });
    const events = await expectSent(collector, [
      { event: 'Nobody' },
      { type: 'identify', traits: { mood: 'curious' } },
      { type: 'identify', userId: 'u-1', traits: { plan: 'free' }, signature: 'abc' },
      { event: 'First', userId: 'u-1' },
      { event: 'Still First', userId: 'u-1' },
      { event: 'Second', userId: '2' },
      { event: 'Nobody Again' },
    ]);
    const [nobody, traits, first, , still, second, again] = events;
    expect([traits, first, still].map((event) => event?.anonymousId)).toStrictEqual(
      Array(3).fill(nobody?.anonymousId),
    );
    expect(nobody).not.toHaveProperty('userId');
    expect(again).not.toHaveProperty('userId');
    expect(new Set([nobody, second, again].map((event) => event?.anonymousId)).size).toBe(3);
  });

  test('the person is remembered, and the user too, until reset', async () => {
    const url = harness.pages.make('/memory', html());
    const page = await harness.open(url);
    await page.evaluate(() => window.cresset.identify('u-1'));
    const [before] = await expectSent(collector, [{ type: 'identify' }]);
    await page.reload();
    await page.evaluate(() => window.cresset('track', 'After'));
    const [after] = await expectSent(collector, [{ event: 'After' }]);
    expect(after).toMatchObject({ userId: 'u-1', anonymousId: before?.anonymousId });
  });

  test('what cannot be JSON, or is too large, is dropped with a warning; the rest goes', async () => {
    const page = await harness.context.newPage();
    const said = watch(page);
    await page.goto(harness.pages.make('/hostile', html()));
    await page.waitForFunction(() => window.cresset.stop !== undefined);
    await page.evaluate(() => {
      const circle: { [name: string]: unknown } = {};
      circle['self'] = circle;
      window.cresset.track('Circle', circle);
      window.cresset.track('BigInt', { big: 10n });
      window.cresset.track('Getter', {
        get trap() {
          throw new Error('trap');
        },
      });
      window.cresset.track('Huge', { text: 'é'.repeat(20_000) });
      window.cresset.track('Odd', {
        nan: Number.NaN,
        lone: '\uD800',
        none: undefined,
        run: () => 1,
      });
    });
    const [odd] = await expectSent(
      collector,
      [{ event: 'Odd' }],
      [{ event: 'Circle' }, { event: 'BigInt' }, { event: 'Getter' }, { event: 'Huge' }],
    );
    expect(odd?.properties).toStrictEqual({ nan: null, lone: '\uD800' });
    const { warnings } = await said();
    expect(warnings).toHaveLength(4);
  });

  test('properties are taken as they are at the call', async () => {
    const page = await harness.open(harness.pages.make('/snapshot', html()));
    await page.evaluate(() => {
      const properties = { step: 1 };
      window.cresset.track('Step', properties);
      properties.step = 2;
    });
    const [step] = await expectSent(collector, [{ event: 'Step' }]);
    expect(step?.properties).toStrictEqual({ step: 1 });
  });
});

describe('decide', () => {
  test('asks with the person and the page, and what the caller adds', async () => {
    collector.offers = {
      aside: { reason: 'STATIC', offer: { kind: 'banner', content: { title: 'Hello' } } },
    };
    const page = await harness.open(harness.pages.make('/decide', html()));
    await expectSent(collector, [{ type: 'page' }]);
    const decisions = await page.evaluate(() =>
      window.cresset.decide(['aside', 'other'], { mood: 'good' }),
    );
    expect(decisions).toStrictEqual({
      aside: collector.offers['aside'],
      other: { reason: 'NO_CAMPAIGN' },
    });
    const request = collector.requests.find(({ path }) => path === '/v1/decide');
    expect(request?.headers['content-type']).toBe('text/plain;charset=UTF-8');
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      writeKey: 'wk_test',
      anonymousId: await page.evaluate(() => window.cresset.anonymousId()),
      slots: ['aside', 'other'],
      context: { mood: 'good', consent: 'all', page: { url: `${harness.pages.origin}/decide` } },
    });
  });

  test.for([
    ['down', 'ERROR'],
    [500, 'ERROR'],
    ['garbage', 'ERROR'],
    ['hang', 'TIMEOUT'],
  ] as const)('%s: resolves with the reason %s', async ([mode, reason]) => {
    const timeout = `data-timeout="${mode === 'hang' ? 200 : 5000}"`;
    const page = await harness.open(harness.pages.make('/trouble', html('', timeout)));
    await expectSent(collector, [{ type: 'page' }]);
    collector.mode = mode;
    expect(await page.evaluate(() => window.cresset.decide(['hero', 'side']))).toStrictEqual({
      hero: { reason },
      side: { reason },
    });
  });

  test('sees what the visitor has just done: that goes first', async () => {
    const page = await harness.open(harness.pages.make('/decide', html()));
    await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(async () => {
      window.cresset.track('Just Now');
      await window.cresset.decide(['aside']);
    });
    const paths = collector.requests.slice(-2).map(({ path }) => path);
    expect(paths).toStrictEqual(['/v1/batch', '/v1/decide']);
    expect(matching(collector, { event: 'Just Now' })).toHaveLength(1);
  });

  test('does not send again what the worker asked to wait with', async () => {
    const page = await harness.open(harness.pages.make('/decide', html()));
    await expectSent(collector, [{ type: 'page' }]);
    collector.mode = 429;
    collector.retryAfter = 600;
    await page.evaluate(async () => {
      const refused = new Promise<void>((done) => {
        window.cresset.on('sent', () => done());
      });
      window.cresset.track('Later');
      await refused;
      await window.cresset.decide(['aside']);
      await window.cresset.decide(['aside']);
    });
    const paths = collector.requests.slice(-3).map(({ path }) => path);
    expect(paths).toStrictEqual(['/v1/batch', '/v1/decide', '/v1/decide']);
  });

  test('never rejects: not for what cannot be JSON, not without consent, not after stop', async () => {
    const page = await harness.open(harness.pages.make('/decide', html()));
    expect(
      await page.evaluate(async () => {
        const circle: { [name: string]: unknown } = {};
        circle['self'] = circle;
        const bad = await window.cresset.decide(['hero'], circle);
        const text = await window.cresset.decide('hero' as never);
        window.cresset.consent('none');
        const refused = await window.cresset.decide(['hero']);
        window.cresset.stop();
        return [bad, typeof text, refused, await window.cresset.decide(['hero'])];
      }),
    ).toStrictEqual([
      { hero: { reason: 'ERROR' } },
      'object',
      { hero: { reason: 'NO_CONSENT' } },
      { hero: { reason: 'NO_CONSENT' } },
    ]);
  });
});
