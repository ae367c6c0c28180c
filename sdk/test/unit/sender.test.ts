import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** What the worker says each time. */
let answer: () => Response;
/** When it was asked, in milliseconds since the first time. */
let asked: number[];

/** A page with one event to send, whose every batch gets that answer. */
const openPage = async (): Promise<void> => {
  vi.resetModules();
  const { setOptions } = await import('../../src/config.ts');
  setOptions({ key: 'k', host: 'https://c.example' });
  const { release, setLevel } = await import('../../src/consent.ts');
  setLevel('all');
  release();
  const { add } = await import('../../src/queue.ts');
  add({ messageId: '1', context: {}, anonymousId: 'a', userId: undefined });
  const { flush } = await import('../../src/sender.ts');
  await flush();
};

beforeEach(() => {
  vi.useFakeTimers();
  const began = Date.now();
  asked = [];
  vi.stubGlobal('fetch', async () => {
    asked.push(Date.now() - began);
    return Promise.resolve(answer());
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const gaps = (): number[] => asked.slice(1).map((at, n) => at - Number(asked[n]));

test.for([
  [0, 1],
  [1, 0.5],
] as const)(
  'the wait doubles to about a minute, with jitter of half: %d',
  async ([random, share]) => {
    vi.spyOn(Math, 'random').mockReturnValue(random);
    answer = () => new Response('', { status: 503 });
    await openPage();
    await vi.advanceTimersByTimeAsync(300_000);
    expect(gaps().slice(0, 8)).toStrictEqual(
      [1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 64_000].map((ms) => ms * share),
    );
  },
);

test.for([
  ['7', 7000],
  ['1000000', 3_600_000],
  ['Wed, 21 Oct 2026 07:28:00 GMT', 1000],
] as const)(
  'what the server asked for wins, up to an hour, if it is a number: %s',
  async ([after, wait]) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    answer = () => new Response('{}', { status: 429, headers: { 'retry-after': after } });
    await openPage();
    await vi.advanceTimersByTimeAsync(wait);
    expect(gaps()).toStrictEqual([wait]);
  },
);
