import { hashKey } from '../../src/site/keys.ts';

/** Takes all that a counter has for a key in the period at hand. */
export async function useUp(limiter: RateLimit, key: string): Promise<void> {
  for (let success = true; success;) {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async () => limiter.limit({ key })),
    );
    success = outcomes.every((outcome) => outcome.success);
  }
}

/**
 * The answer that says 429, of a request that is sent again and again. `use`: takes all that is left of the period at
 * hand, once more where a new one began in between.
 */
export async function refused(
  use: () => Promise<unknown>,
  ask: () => Promise<Response>,
): Promise<Response> {
  for (;;) {
    for (let i = 0; i < 100; i++) {
      const response = await ask();
      if (response.status === 429) return response;
      await response.body?.cancel();
    }
    await use();
  }
}

/** The id of a key, under which it is counted. */
export const idOf = (key: string): string => hashKey(key).slice(0, 16);
