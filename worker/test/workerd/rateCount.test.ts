import { afterEach, describe, expect, it, vi } from 'vitest';
import { newcomersOf } from '../../src/collect/newcomers.ts';
import { ProblemError } from '../../src/errors.ts';
import { countRequest, hasRoom } from '../../src/site/rate.ts';

/** A counter that answers what it is told, and what it was asked. */
function counter(): { limit: RateLimit['limit']; asked: RateLimitOptions[]; success: boolean } {
  const made = {
    asked: [] as RateLimitOptions[],
    success: true,
    limit: async (options: RateLimitOptions) => {
      made.asked.push(options);
      return { success: made.success };
    },
  };
  return made;
}

const envWith = (limiter: RateLimit): Env =>
  ({
    KEY_RATE: limiter,
    PRIVATE_RATE: limiter,
    NEWCOMER_RATE: limiter,
    CRESSET_SECRET: 'a secret of the tests',
  }) as unknown as Env;

afterEach(() => vi.restoreAllMocks());

describe('requests of a key', () => {
  it('are told to the counter a hundred at a time', async () => {
    const limiter = counter();
    for (let i = 0; i < 250; i++) await countRequest(envWith(limiter), 'KEY_RATE', 'told', 0);
    expect(limiter.asked).toEqual([{ key: 'told' }, { key: 'told' }]);
  });

  it('are refused for a period, and then the counter is asked again', async () => {
    const limiter = counter();
    limiter.success = false;
    const env = envWith(limiter);
    const at = (now: number): Promise<string> =>
      countRequest(env, 'KEY_RATE', 'refused', now).then(
        () => 'taken',
        (error: unknown) =>
          error instanceof ProblemError ? (error.headers['retry-after'] ?? '') : String(error),
      );
    for (let i = 0; i < 99; i++) expect(await at(0)).toBe('taken');
    expect([await at(0), await at(1), await at(9_001)]).toEqual(['10', '10', '1']);
    expect(limiter.asked).toHaveLength(1);
    expect(await at(10_000)).toBe('10');
    expect(limiter.asked).toHaveLength(2);
    limiter.success = true;
    expect([await at(20_000), await at(20_001)]).toEqual(['taken', 'taken']);
  });

  it('are let through where the counter fails', async () => {
    vi.spyOn(console, 'error').mockReturnValue();
    const limit = (): Promise<RateLimitOutcome> => Promise.reject(new Error('away'));
    expect(await hasRoom({ limit }, 'any')).toBe(true);
    for (let i = 0; i < 110; i++) await countRequest(envWith({ limit }), 'KEY_RATE', 'away', 0);
  });
});

describe('newcomers', () => {
  const keyOf = async (site: string, address: string, secret = 'one'): Promise<string> => {
    const limiter = counter();
    await newcomersOf({ ...envWith(limiter), CRESSET_SECRET: secret }, site, address)?.();
    return limiter.asked[0]?.key ?? '';
  };

  it('are counted by a keyed hash, of which the address cannot be told', async () => {
    const key = await keyOf('site', '203.0.113.7');
    expect(key).toMatch(/^[\w-]{22}$/);
    expect(await keyOf('site', '203.0.113.7')).toBe(key);
    const others = [
      await keyOf('other', '203.0.113.7'),
      await keyOf('site', '203.0.113.8'),
      await keyOf('site', '203.0.113.7', 'two'),
    ];
    expect(new Set([key, ...others]).size).toBe(4);
  });

  it('are not counted without an address, or on the machine itself', () => {
    expect(newcomersOf(envWith(counter()), 'site', null)).toBeUndefined();
    expect(newcomersOf(envWith(counter()), 'site', '127.0.0.1')).toBeUndefined();
  });
});
