import { expect, test } from 'vitest';
import { randomId } from '../../src/random.ts';

test('22 characters of the base64url alphabet, all positions random', () => {
  const ids = Array.from({ length: 5000 }, randomId);
  expect(new Set(ids).size).toBe(5000);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9-]{22}$/);
  // 5,000 draws of 63 characters: each is missing at a position with a chance of e^-79.
  for (let position = 0; position < 22; position++)
    expect(new Set(ids.map((id) => id[position])).size).toBe(63);
});
