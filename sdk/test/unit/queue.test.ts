import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { messageId, type StoredEvent } from '../../src/event.ts';
import { MAX_WAITING } from '../../src/queue.ts';
import { names, read, remove, write } from '../../src/store.ts';

const PREFIX = 'cresset.k.';
const make = (event: string, text = ''): StoredEvent => ({
  event,
  properties: { text },
  messageId: messageId(),
  context: {},
  anonymousId: 'a',
  userId: undefined,
});
const eventOf = (name: string): unknown => JSON.parse(read(name)).event;
const none = new Set<string>();
let lost = 0;
/** How many were lost since the last time. */
const takeLost = (): number => {
  const count = lost;
  lost = 0;
  return count;
};

/** The queue of a page that opens an hour after what was before; pages share the store. */
const openPage = async () => {
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.resetModules();
  const { setOptions } = await import('../../src/config.ts');
  setOptions({ key: 'k', host: '' });
  const queue = await import('../../src/queue.ts');
  const { on } = await import('../../src/signals.ts');
  on('dropped', ({ count }) => {
    lost += count;
  });
  // The events are made by another instance of the module, which does not know of that one's last millisecond.
  vi.setSystemTime(Date.now() + 1);
  return queue;
};

vi.stubGlobal('localStorage', {});
vi.useFakeTimers({ toFake: ['Date'] });
afterAll(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});
beforeEach(() => {
  takeLost();
  names('').forEach(remove);
});

describe('what is added', () => {
  test('waits under a name of its own, in order', async () => {
    const queue = await openPage();
    for (const event of ['a', 'b', 'c']) queue.add(make(event));
    expect(names(PREFIX).map(eventOf)).toStrictEqual(['a', 'b', 'c']);
    expect(queue.take(10, none).map(eventOf)).toStrictEqual(['a', 'b', 'c']);
  });

  test('is refused where it is no JSON or larger than 32 KB in bytes, and leaves nothing', async () => {
    const queue = await openPage();
    const circle = make('circle');
    circle.properties = { circle };
    expect(() => queue.add(circle)).toThrow(TypeError);
    expect(() => queue.add(make('big', 'é'.repeat(16_400)))).toThrow('too large');
    expect(names(PREFIX)).toStrictEqual([]);
    queue.add(make('fits', 'é'.repeat(16_000)));
    expect(names(PREFIX)).toHaveLength(1);
  });

  test('drops the oldest beyond 200 events, twenty at a time, and counts them', async () => {
    const queue = await openPage();
    const waiting = (): unknown[] => names(PREFIX).map(eventOf);
    for (let n = 0; n < MAX_WAITING; n++) queue.add(make(`${n}`));
    expect(waiting()).toHaveLength(MAX_WAITING);
    queue.add(make('200'));
    expect(waiting()).toStrictEqual(Array.from({ length: 180 }, (_, n) => `${n + 21}`));
    expect(takeLost()).toBe(21);
    for (let n = 201; n < 10_000; n++) queue.add(make(`${n}`));
    const left = waiting();
    expect(left.at(-1)).toBe('9999');
    expect(left.length).toBeLessThanOrEqual(MAX_WAITING);
    expect(21 + takeLost() + left.length).toBe(10_000);
  });

  test('looks through the store once in twenty of too many, not at each', async () => {
    const queue = await openPage();
    let looks = 0;
    const texts = {};
    vi.stubGlobal(
      'localStorage',
      new Proxy(texts, {
        ownKeys: (all) => {
          looks++;
          return Reflect.ownKeys(all);
        },
      }),
    );
    for (let n = 0; n < 10_000; n++) queue.add(make(`${n}`));
    vi.stubGlobal('localStorage', {});
    expect(Object.keys(texts).length).toBeGreaterThan(100);
    // Twice each time: to see that it is too much, and what goes.
    expect(looks).toBeLessThanOrEqual((2 * 10_000) / 20);
  }, 30_000);

  test('counts what earlier pages left among the 200', async () => {
    for (let page = 0; page < 3; page++) {
      const queue = await openPage();
      for (let n = 0; n < 90; n++) queue.add(make(`${page}.${n}`));
    }
    expect(names(PREFIX).length).toBeLessThanOrEqual(MAX_WAITING);
    expect(names(PREFIX).length + takeLost()).toBe(270);
  });

  test('drops the oldest beyond 256 KB', async () => {
    const queue = await openPage();
    for (let n = 0; n < 12; n++) queue.add(make(`${n}`, 'x'.repeat(30_000)));
    expect(names(PREFIX).map(eventOf)).toStrictEqual(['4', '5', '6', '7', '8', '9', '10', '11']);
    expect(takeLost()).toBe(4);
  });

  test('does not touch what is not its own', async () => {
    write('cresset.other.1', '{"event":"other"}');
    const queue = await openPage();
    for (let n = 0; n < MAX_WAITING + 1; n++) queue.add(make(`${n}`));
    expect(read('cresset.other.1')).not.toBe('');
  });
});

describe('what is taken', () => {
  test('is this page’s own first, and what earlier pages left after that', async () => {
    const earlier = await openPage();
    for (const event of ['a', 'b']) earlier.add(make(event));
    const queue = await openPage();
    expect(queue.take(10, none).map(eventOf)).toStrictEqual(['a', 'b']);
    queue.add(make('c'));
    const first = queue.take(10, none);
    expect(first.map(eventOf)).toStrictEqual(['c']);
    expect(queue.take(10, new Set(first)).map(eventOf)).toStrictEqual(['a', 'b']);
    first.forEach(remove);
    expect(queue.take(10, none).map(eventOf)).toStrictEqual(['a', 'b']);
  });

  test('is not what is on its way', async () => {
    const queue = await openPage();
    for (const event of ['a', 'b']) queue.add(make(event));
    const [a] = queue.take(10, none);
    expect(queue.take(10, new Set([String(a)])).map(eventOf)).toStrictEqual(['b']);
  });

  test('is the newest of what is too much, oldest first', async () => {
    const queue = await openPage();
    for (const event of ['a', 'b', 'c', 'd']) queue.add(make(event));
    expect(queue.take(2, none).map(eventOf)).toStrictEqual(['c', 'd']);
  });

  test('leaves room for what is on its way', async () => {
    const queue = await openPage();
    for (let n = 0; n < 5; n++) queue.add(make(`${n}`, 'é'.repeat(8000)));
    const first = queue.take(2, none);
    expect(first.map(eventOf)).toStrictEqual(['3', '4']);
    expect(queue.take(10, new Set(first)).map(eventOf)).toStrictEqual(['2']);
    expect(queue.take(10, new Set(names(PREFIX).slice(2)))).toStrictEqual([]);
  });

  test('fits into one keepalive request', async () => {
    const queue = await openPage();
    for (let n = 0; n < 5; n++) queue.add(make(`${n}`, 'é'.repeat(8000)));
    const taken = queue.take(10, none);
    expect(taken.map(eventOf)).toStrictEqual(['2', '3', '4']);
    expect(Buffer.byteLength(taken.map(read).join(','))).toBeLessThan(60 * 1024);
  });
});
