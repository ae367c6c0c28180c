import { describe, expect, it } from 'vitest';
import { send } from './client.ts';

const anonymousId = 'kept-cookie-0123456789';
const track = { type: 'track', event: 'X', anonymousId };
const sameOrigin = { 'sec-fetch-site': 'same-origin' };

const cookieOf = async (
  batch: unknown[],
  headers: Record<string, string>,
  more = {},
): Promise<string | null> => {
  const response = await send(batch, more, headers);
  await response.body?.cancel();
  expect(response.status).toBe(200);
  return response.headers.get('set-cookie');
};

describe('the cookie that the worker sets itself', () => {
  it('keeps the anonymous id where the page and the worker are of one origin', async () => {
    expect(await cookieOf([track], sameOrigin)).toBe(
      `cresset.kept=${anonymousId}; Path=/; Max-Age=34560000; SameSite=Lax; Secure`,
    );
  });

  it('keeps that of the last event', async () => {
    const first = { ...track, anonymousId: 'kept-cookie-9876543210' };
    expect(await cookieOf([first, track], sameOrigin)).toContain(`=${anonymousId};`);
  });

  it.each([
    ['another origin', 'cross-site'],
    ['a subdomain', 'same-site'],
    ['a visit by hand', 'none'],
  ])('is not set for %s', async (_, site) => {
    expect(await cookieOf([track], { 'sec-fetch-site': site })).toBeNull();
  });

  it('is not set for who does not say where the request comes from', async () => {
    expect(await cookieOf([track], {})).toBeNull();
  });

  it.each([
    'x; Domain=example',
    'kept-cookie-012345678\n',
    'kept cookie 0123456789',
    'kept-cookie-01234567890',
    'kept-cookie-012345678',
  ])('is not set for an anonymous id like %j', async (bad) => {
    expect(await cookieOf([{ ...track, anonymousId: bad }], sameOrigin)).toBeNull();
  });

  it('is not set without consent', async () => {
    const none = { ...track, context: { consent: 'none' } };
    expect(await cookieOf([none], sameOrigin)).toBeNull();
    expect(await cookieOf([track, none], sameOrigin)).toBeNull();
  });

  it('is not set for a server, nor for a user without an anonymous id', async () => {
    expect(await cookieOf([{ type: 'track', event: 'X', userId: 'u-1' }], sameOrigin)).toBeNull();
  });
});
