import { expect, it } from 'vitest';
import { placeFinder } from '../../src/enrich/database.ts';

// In a file of its own: only the first request of an isolate waits.
it('an event has no place, and is not held up, while the bucket hangs', async () => {
  const hangs = { get: () => new Promise(() => undefined) } as unknown as R2Bucket;
  const find = await placeFinder(hangs, Date.now(), () => undefined);
  expect(find('81.2.69.142')).toBeUndefined();
});
