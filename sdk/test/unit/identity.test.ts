import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import type { Cresset } from '../../src/api.ts';
import { become, forget, identity } from '../../src/identity.ts';
import { getPerson, isFresh, KNOWN } from '../../src/person.ts';
import { on } from '../../src/signals.ts';
import { names, remove, write } from '../../src/store.ts';

vi.stubGlobal('location', new URL('https://shop.example/'));
vi.stubGlobal('document', { cookie: '' });
identity({ on } as Cresset, { key: 'k', host: '' });
afterAll(() => {
  vi.unstubAllGlobals();
});
beforeEach(() => {
  names('').forEach(remove);
});

test('a person is minted once, and has no user', () => {
  const person = getPerson();
  expect(person).toStrictEqual({
    anonymousId: expect.stringMatching(/^[\w-]{22}$/),
    userId: undefined,
  });
  expect(getPerson()).toStrictEqual(person);
});

test('the first user takes the anonymous id over; another user gets a new one', () => {
  const { anonymousId } = getPerson();
  become('u-1');
  expect(getPerson()).toStrictEqual({ anonymousId, userId: 'u-1' });
  become('u-1');
  expect(getPerson()).toStrictEqual({ anonymousId, userId: 'u-1' });
  become('u-2');
  expect(getPerson().userId).toBe('u-2');
  expect(getPerson().anonymousId).not.toBe(anonymousId);
});

test('after forgetting, somebody else begins, and may become the same user', () => {
  const { anonymousId } = getPerson();
  become('u-1');
  forget();
  const next = getPerson();
  expect(next.userId).toBeUndefined();
  expect(next.anonymousId).not.toBe(anonymousId);
  become('u-1');
  expect(getPerson()).toStrictEqual({ anonymousId: next.anonymousId, userId: 'u-1' });
});

test('fresh until acknowledged, and again for a new anonymous id', () => {
  const { anonymousId } = getPerson();
  expect(isFresh(anonymousId)).toBe(true);
  write(KNOWN, anonymousId);
  expect(isFresh(anonymousId)).toBeUndefined();
  forget();
  expect(isFresh(getPerson().anonymousId)).toBe(true);
});

test('a user id that stands under another anonymous id is not this visitor’s', () => {
  getPerson();
  become('u 1 of 2');
  expect(getPerson().userId).toBe('u 1 of 2');
  // Another subdomain signed out: the cookie healed the copy.
  write('cresset.id', 'b'.repeat(22));
  expect(getPerson()).toStrictEqual({ anonymousId: 'b'.repeat(22), userId: undefined });
});
