import { expect, it, vi } from 'vitest';

it('an event has no place, and is not held up, while the bucket hangs', async () => {
  // Only the first request of an isolate waits; a module of its own stands for a new one.
  vi.resetModules();
  const { placeFinder } = await import('../../src/enrich/database.ts');
  const hangs = { get: () => new Promise(() => undefined) } as unknown as R2Bucket;
  const find = await placeFinder(hangs, Date.now(), () => undefined);
  expect(find('81.2.69.142')).toBeUndefined();
});
