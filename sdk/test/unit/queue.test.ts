import { beforeEach, describe, expect, test } from 'vitest';
import { createEvent, type StoredEvent } from '../../src/event.ts';
import { createQueue, MAX_WAITING } from '../../src/queue.ts';
import { names, read, remove, write } from '../../src/store.ts';

// There is no localStorage here, so the store keeps its texts in memory.
const PREFIX = 'cresset.k.';
const make = (event: string, text = ''): StoredEvent =>
  createEvent({ event, properties: { text } }, { anonymousId: 'a', userId: undefined }, {});
const eventOf = (name: string): unknown => JSON.parse(read(name)).event;
const none = new Set<string>();

beforeEach(() => {
  names('').forEach(remove);
});

describe('what is added', () => {
  test('waits under a name of its own, in order', () => {
    const queue = createQueue(PREFIX);
    for (const event of ['a', 'b', 'c']) queue._add(make(event));
    expect(names(PREFIX).map(eventOf)).toStrictEqual(['a', 'b', 'c']);
    expect(queue._take(10, none).map(eventOf)).toStrictEqual(['a', 'b', 'c']);
  });

  test('is refused where it is no JSON or larger than 32 KB in bytes, and leaves nothing', () => {
    const queue = createQueue(PREFIX);
    const circle = make('circle');
    circle.properties = { circle };
    expect(() => queue._add(circle)).toThrow(TypeError);
    expect(() => queue._add(make('big', 'é'.repeat(16_400)))).toThrow('too large');
    expect(names(PREFIX)).toStrictEqual([]);
    queue._add(make('fits', 'é'.repeat(16_000)));
    expect(names(PREFIX)).toHaveLength(1);
  });

  test('drops the oldest beyond 200 events', () => {
    const queue = createQueue(PREFIX);
    for (let n = 0; n < MAX_WAITING + 7; n++) queue._add(make(`${n}`));
    expect(names(PREFIX).map(eventOf)).toStrictEqual(
      Array.from({ length: MAX_WAITING }, (_, n) => `${n + 7}`),
    );
  });

  test('drops the oldest beyond 256 KB', () => {
    const queue = createQueue(PREFIX);
    for (let n = 0; n < 12; n++) queue._add(make(`${n}`, 'x'.repeat(30_000)));
    expect(names(PREFIX).map(eventOf)).toStrictEqual(['4', '5', '6', '7', '8', '9', '10', '11']);
  });

  test('does not touch what is not its own', () => {
    write('cresset.other.1', '{"event":"other"}');
    const queue = createQueue(PREFIX);
    for (let n = 0; n < MAX_WAITING + 1; n++) queue._add(make(`${n}`));
    expect(read('cresset.other.1')).not.toBe('');
  });
});

describe('what is taken', () => {
  test('is this page’s own first, and what earlier pages left after that', () => {
    const earlier = createQueue(PREFIX);
    for (const event of ['a', 'b']) earlier._add(make(event));
    const queue = createQueue(PREFIX);
    expect(queue._take(10, none).map(eventOf)).toStrictEqual(['a', 'b']);
    queue._add(make('c'));
    const first = queue._take(10, none);
    expect(first.map(eventOf)).toStrictEqual(['c']);
    expect(queue._take(10, new Set(first)).map(eventOf)).toStrictEqual(['a', 'b']);
    first.forEach(remove);
    expect(queue._take(10, none).map(eventOf)).toStrictEqual(['a', 'b']);
  });

  test('is not what is on its way', () => {
    const queue = createQueue(PREFIX);
    for (const event of ['a', 'b']) queue._add(make(event));
    const [a] = queue._take(10, none);
    expect(queue._take(10, new Set([String(a)])).map(eventOf)).toStrictEqual(['b']);
  });

  test('is the newest of what is too much, oldest first', () => {
    const queue = createQueue(PREFIX);
    for (const event of ['a', 'b', 'c', 'd']) queue._add(make(event));
    expect(queue._take(2, none).map(eventOf)).toStrictEqual(['c', 'd']);
  });

  test('fits into one keepalive request', () => {
    const queue = createQueue(PREFIX);
    for (let n = 0; n < 5; n++) queue._add(make(`${n}`, 'é'.repeat(8000)));
    const taken = queue._take(10, none);
    expect(taken.map(eventOf)).toStrictEqual(['2', '3', '4']);
    expect(Buffer.byteLength(taken.map(read).join(','))).toBeLessThan(60 * 1024);
  });
});
