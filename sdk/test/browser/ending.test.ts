import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectSent, matching } from './expectSent.ts';
import { html, setVisibility, useHarness } from './harness.ts';

const harness = useHarness();
const { collector } = harness;

/** By the browser's own account, what the SDK listens to. */
async function listeners(page: Page): Promise<string[]> {
  const session = await harness.context.newCDPSession(page);
  const ours = new Set<string>();
  session.on('Debugger.scriptParsed', ({ scriptId, url }) => {
    if (url.endsWith('/c.js')) ours.add(scriptId);
  });
  // Tells of every script that is there before it answers.
  await session.send('Debugger.enable');
  const types: string[] = [];
  for (const expression of [
    'window',
    'document',
    'document.querySelector("[data-cresset-slot]")',
  ]) {
    const { result } = await session.send('Runtime.evaluate', { expression });
    const { listeners } = await session.send('DOMDebugger.getEventListeners', {
      objectId: String(result.objectId),
    });
    for (const { type, scriptId } of listeners) if (ours.has(scriptId)) types.push(type);
  }
  await session.detach();
  return types.toSorted();
}

/** Counts the timers and observers that are alive. */
const count = (): void => {
  const alive = new Set<unknown>();
  const set = window.setTimeout.bind(window);
  const clear = window.clearTimeout.bind(window);
  Object.assign(window, {
    alive,
    setTimeout: (run: () => void, ms: number) => {
      const timer = set(() => {
        alive.delete(timer);
        run();
      }, ms);
      alive.add(timer);
      return timer;
    },
    clearTimeout: (timer: number) => {
      alive.delete(timer);
      clear(timer);
    },
    IntersectionObserver: class extends IntersectionObserver {
      override observe(element: Element): void {
        alive.add(this);
        super.observe(element);
      }
      override disconnect(): void {
        alive.delete(this);
        super.disconnect();
      }
    },
  });
};
const alive = async (page: Page): Promise<number> =>
  page.evaluate(() => (window as unknown as { alive: Set<unknown> }).alive.size);

const offers = {
  hero: {
    decisionId: 'token-1',
    reason: 'STATIC' as const,
    offer: { kind: 'banner' as const, content: { title: 'Hello', href: '#' } },
  },
};

describe('stop', () => {
  test('leaves no listener, timer, observer or patched function, and sends what waits', async () => {
    const page = await harness.context.newPage();
    await page.addInitScript(count);
    await page.goto(
      harness.pages.make(
        '/bare',
        '<!doctype html><title>Bare</title><link rel="icon" href="data:,"><div data-cresset-slot="hero">Default</div>',
      ),
    );
    expect(await listeners(page)).toStrictEqual([]);
    await page.evaluate(() => {
      const { history: before } = window;
      Object.assign(window, { patchable: [before['pushState'], before['replaceState']] });
    });
    collector.offers = offers;
    await page.evaluate((origin) => {
      const script = document.createElement('script');
      script.src = `${origin}/c.js`;
      script.dataset['key'] = 'wk_test';
      script.dataset['timeout'] = '5000';
      document.head.append(script);
    }, collector.origin);
    await page.getByText('Hello').waitFor();
    await page.evaluate(() => window.cresset.track('Last'));
    expect((await listeners(page)).join(' ')).toBe(
      'DOMContentLoaded click click keydown pagehide pagehide pagehide pageshow pageshow pointerdown pointermove popstate scroll submit visibilitychange visibilitychange visibilitychange',
    );
    expect(await alive(page)).toBeGreaterThan(0);
    expect(await page.evaluate(() => history.pushState.name)).not.toBe('pushState');

    await page.evaluate(() => window.cresset.stop());
    expect(await listeners(page)).toStrictEqual([]);
    expect(await alive(page)).toBe(0);
    expect(
      await page.evaluate(() => {
        const [push, replace] = (window as unknown as { patchable: unknown[] }).patchable;
        return history.pushState === push && history.replaceState === replace;
      }),
    ).toBe(true);
    expect(
      await page.evaluate(() => document.querySelector('[data-cresset-slot]')?.textContent),
    ).toBe('Default');

    await expectSent(collector, [{ event: 'Last' }, { event: 'Page Engaged' }]);
    await page.waitForFunction(() => Object.keys(localStorage).length === 2);
    expect(await alive(page)).toBe(0);
    await page.evaluate(() => {
      window.cresset.track('After The End');
      window.cresset.consent('all');
      history.pushState(null, '', '?on');
    });
    expect(await listeners(page)).toStrictEqual([]);
    expect(await page.evaluate(() => Object.keys(localStorage).length)).toBe(2);
  });

  test('an answer that comes after it starts nothing', async () => {
    const page = await harness.context.newPage();
    await page.addInitScript(count);
    let answer = (): void => undefined;
    const asked = new Promise<void>((done) => {
      void page.route('**/v1/batch', async (route) => {
        done();
        await new Promise<void>((go) => {
          answer = go;
        });
        await route.fulfill({ status: 500, body: '{}' });
      });
    });
    await page.goto(harness.pages.make('/late', html()));
    await asked;
    await page.evaluate(() => window.cresset.stop());
    const answered = page.waitForResponse('**/v1/batch');
    answer();
    await (await answered).finished();
    // Two frames later, whoever waited for the answer has made of it what it would.
    await page.evaluate(
      async () =>
        new Promise((done) => {
          requestAnimationFrame(() => requestAnimationFrame(done));
        }),
    );
    expect(await alive(page)).toBe(0);
  });

  test('leaves alone what another script patched on top', async () => {
    const page = await harness.open(harness.pages.make('/patched', html()));
    await expectSent(collector, [{ type: 'page' }]);
    const kept = await page.evaluate(() => {
      const ours = history.pushState.bind(history);
      const theirs: typeof ours = (...state) => ours(...state);
      history.pushState = theirs;
      window.cresset.stop();
      history.pushState(null, '', '?after');
      return history.pushState === theirs && location.search === '?after';
    });
    expect(kept).toBe(true);
    // What the stopped page would have sent would be here before the next page's view.
    const next = harness.pages.make('/next', html());
    await page.goto(next);
    await expectSent(
      collector,
      [{ type: 'page', context: { page: { url: next } } }],
      [{ context: { page: { url: `${harness.pages.origin}/patched?after` } } }],
    );
  });

  test('after it, init starts anew', async () => {
    const page = await harness.context.newPage();
    await page.goto(
      harness.pages.make(
        '/anew',
        `<!doctype html><title>Anew</title><link rel="icon" href="data:,"><script type="module">
          import { init } from '/dist/index.js';
          init({ key: 'wk_test', host: 'COLLECTOR', pages: false }).stop();
          init({ key: 'wk_test', host: 'COLLECTOR', pages: false }).track('Anew');
        </script>`,
      ),
    );
    await expectSent(collector, [{ event: 'Anew' }]);
  });
});

describe('consent', () => {
  test('none: nothing is sent and nothing is stored', async () => {
    const page = await harness.open(
      harness.pages.make(
        '/refused',
        html('<div data-cresset-slot="hero"></div>', 'data-consent="none"'),
      ),
    );
    await page.evaluate(() => {
      window.cresset.track('Act');
      window.cresset.identify('u-1', { a: 1 });
      window.cresset.reset();
      window.cresset.page('X');
      history.pushState(null, '', '?on');
    });
    expect(await page.evaluate(() => window.cresset.anonymousId())).toBeUndefined();
    await setVisibility(page, 'hidden');
    await page.goto(harness.pages.make('/control', html()));
    // The control page has consent: what came is its own, and what is stored too.
    await expectSent(collector, [{ type: 'page' }]);
    expect(collector.requests).toHaveLength(1);
    expect(collector.events).toHaveLength(1);
  });

  test('none stores nothing at all', async () => {
    const page = await harness.open(
      harness.pages.make('/refused', html('', 'data-consent="none"')),
    );
    await page.evaluate(() => window.cresset.identify('u-1'));
    expect(
      await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie]),
    ).toStrictEqual([0, 0, '']);
  });

  test('withdrawn: what was stored and queued is deleted; given again: it begins anew', async () => {
    collector.offers = offers;
    const page = await harness.open(`${harness.pages.origin}/basic/`);
    const [view] = await expectSent(collector, [{ type: 'page' }]);
    await page.getByText('Hello').waitFor();
    await page.evaluate(() => {
      localStorage.setItem('site', 'kept');
      window.cresset.track('Queued');
      window.cresset.consent('none');
      window.cresset.track('Refused');
    });
    expect(await page.evaluate(() => Object.keys(localStorage))).toStrictEqual(['site']);
    expect(await page.locator('.cresset-banner').count()).toBe(0);
    await page.evaluate(() => {
      window.cresset.consent('all');
      window.cresset.track('Agreed');
    });
    const [agreed] = await expectSent(
      collector,
      [{ event: 'Agreed' }],
      [{ event: 'Queued' }, { event: 'Refused' }],
    );
    expect(matching(collector, { type: 'page' })).toHaveLength(2);
    expect(agreed?.anonymousId).not.toBe(view?.anonymousId);
  });

  test('withdrawn while an answer is on its way: it stores nothing and shows nothing', async () => {
    collector.offers = offers;
    collector.slowness = 1000;
    await harness.context.addInitScript(() => {
      Response.prototype.json = async function counted() {
        const value: unknown = JSON.parse(await this.text());
        // A task later, whoever asked has made of it what it would.
        setTimeout(() => Object.assign(window, { answered: true }), 0);
        return value;
      };
    });
    const page = await harness.open(
      harness.pages.make('/way', html('<div data-cresset-slot="hero"></div>')),
    );
    await expectSent(collector, [{ type: 'page' }]);
    await page.evaluate(() => window.cresset.consent('none'));
    await page.waitForFunction('window.answered');
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
    expect(await page.locator('.cresset-banner').count()).toBe(0);
  });

  test('measure goes with every event', async () => {
    const page = await harness.open(
      harness.pages.make('/measure', html('', 'data-consent="measure"')),
    );
    await page.evaluate(() => window.cresset.track('Act'));
    const [act] = await expectSent(collector, [{ event: 'Act' }]);
    expect(act?.context.consent).toBe('measure');
  });

  test('Global Privacy Control means measure at most', async () => {
    const page = await harness.context.newPage();
    await page.addInitScript(() => {
      Object.defineProperty(navigator, 'globalPrivacyControl', { value: true });
    });
    await page.goto(harness.pages.make('/private', html()));
    const [view] = await expectSent(collector, [{ type: 'page' }]);
    expect(view?.context.consent).toBe('measure');
    await page.evaluate(() => {
      window.cresset.consent('all');
      window.cresset.track('Act');
    });
    const [act] = await expectSent(collector, [{ event: 'Act' }]);
    expect(act?.context.consent).toBe('measure');
  });
});
