import { SELF } from 'cloudflare:test';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { hostileRequest, RIGHT_STATUS } from '../hostile/request.ts';
import { SITE } from '../site.ts';

/** What every object inherits; a polluted prototype has more. */
const inherited = (): PropertyKey[][] =>
  [Object, Array, Function, String, Number].map(({ prototype }) => Reflect.ownKeys(prototype));

it('whatever is sent to the door, it says so and its prototypes stay as they are', async () => {
  const before = inherited();
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(hostileRequest(SITE.writeKey), async ({ path, headers, body }) => {
      const response = await SELF.fetch(`https://cresset.example${path}`, {
        method: 'POST',
        headers,
        body,
      });
      const answer = await response.json<Record<string, unknown>>();
      seen.add(response.status);
      expect(RIGHT_STATUS).toContain(response.status);
      expect(response.headers.get('access-control-allow-origin')).toBe('*');
      if (response.status !== 200) {
        expect(answer).toMatchObject({ code: expect.any(String), detail: expect.any(String) });
      }
      expect(inherited()).toEqual(before);
    }),
    { numRuns: 400 },
  );
  // Else all of it was refused for the same reason, and nothing was tried.
  expect([...seen]).toEqual(expect.arrayContaining([200, 400, 401]));
}, 120_000);
