/** A signature counts for one user id of one site, whole, and under a secret that is valid: all else is a claim. */
import { describe, expect, it } from 'vitest';
import type { DecideAnswer, IdentitySecretAnswer, Problem } from '../../src/contract/wire.ts';
import { signUserId } from '../../src/site/secrets.ts';
import { banner } from './campaigns.ts';
import { call, fresh } from './client.ts';
import { type OwnSite, ownSite } from './ownSite.ts';

/** A site that shows a banner to those whose plan it knows to be gold, and a user who has it. */
async function makeShop(): Promise<{ shop: OwnSite; user: string; signature: string }> {
  const shop = await ownSite();
  const user = fresh('User');
  const campaign = {
    id: 'vip',
    name: 'VIP',
    slot: 'vip',
    conditions: { field: 'profile.traits.plan', op: 'eq', value: 'gold' },
    variants: [{ key: 'a', offer: banner() }],
  };
  expect((await shop.ask('POST', '/v1/campaigns', campaign)).status).toBe(201);
  const known = { userId: user, traits: { plan: 'gold' }, messageId: 'known' };
  expect((await shop.ask('POST', '/v1/identify', known)).status).toBe(200);
  return { shop, user, signature: await signUserId(shop.identitySecret, user) };
}

/** What a signature opens: in the same round trip, later, by a question, and what the link is. */
async function opened(shop: OwnSite, userId: string, signature: unknown): Promise<unknown[]> {
  const anonymousId = fresh('anon');
  const { writeKey } = shop;
  const identify = { type: 'identify', anonymousId, userId, signature, traits: { tier: 'none' } };
  const taken = await shop.sent([{ ...identify, messageId: fresh('m') }], { decide: ['vip'] });
  const later = await shop.sent(
    [{ type: 'track', event: 'X', anonymousId, userId, messageId: fresh('m') }],
    { decide: ['vip'] },
  );
  const reasons: unknown[] = [later.decisions?.['vip']?.reason];
  for (const body of [{ anonymousId, userId, signature }, { anonymousId }]) {
    const asked = await call('POST', '/v1/decide', { writeKey, slots: ['vip'], ...body });
    reasons.push((await asked.json<DecideAnswer>()).decisions['vip']?.reason);
  }
  const alone = await call('POST', '/v1/decide', { writeKey, slots: ['vip'], userId, signature });
  const link = (await shop.profile('anon', anonymousId))?.identifiers.at(-1)?.link;
  const noticed = taken.notices.map(({ code }) => code);
  return [noticed, taken.decisions?.['vip']?.reason, ...reasons, alone.status, link];
}

const CLAIMED = [['signature_invalid'], 'NO_MATCH', 'NO_MATCH', 'NO_MATCH', 'NO_MATCH', 400];

type Forged = (facts: {
  shop: OwnSite;
  user: string;
  signature: string;
}) => string | Promise<string>;

const FORGERIES: [name: string, forged: Forged][] = [
  ['empty', () => ''],
  ['of spaces', () => ' '.repeat(64)],
  ['truncated by a digit', ({ signature }) => signature.slice(0, 63)],
  ['truncated to half', ({ signature }) => signature.slice(0, 32)],
  ['truncated to one digit', ({ signature }) => signature.slice(0, 1)],
  ['without its first digit', ({ signature }) => signature.slice(1)],
  ['extended by a digit', ({ signature }) => `${signature}0`],
  ['extended by a zero byte', ({ signature }) => `${signature}\0`],
  ['twice', ({ signature }) => signature.repeat(2)],
  ['in spaces', ({ signature }) => ` ${signature} `],
  ['after 0x', ({ signature }) => `0x${signature}`],
  ['with its last digit changed', ({ signature }) => bent(signature, 63)],
  ['with its first digit changed', ({ signature }) => bent(signature, 0)],
  ['not hex', () => 'z'.repeat(64)],
  ['of zeros', () => '0'.repeat(64)],
  ['in wide digits', ({ signature }) => wide(signature)],
  ['in base64', ({ signature }) => btoa(signature)],
  ['the user id', ({ user }) => user],
  ['the write key', ({ shop }) => shop.writeKey],
  ['of another user', ({ shop }) => signUserId(shop.identitySecret, fresh('other'))],
  [
    'of the user in capitals',
    ({ shop, user }) => signUserId(shop.identitySecret, user.toUpperCase()),
  ],
  [
    'of the user in small letters',
    ({ shop, user }) => signUserId(shop.identitySecret, user.toLowerCase()),
  ],
  ['of no user', ({ shop }) => signUserId(shop.identitySecret, '')],
  ['under an empty-looking secret', ({ user }) => signUserId('undefined', user)],
  ['under the write key', ({ shop, user }) => signUserId(shop.writeKey, user)],
  [
    "under another site's secret",
    async ({ user }) => signUserId((await ownSite()).identitySecret, user),
  ],
];

const bent = (text: string, at: number): string =>
  `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`;
/** Digits that look alike, from U+FF10. */
const wide = (text: string): string =>
  text.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));

describe('a signature', () => {
  it('that is right opens the profile', async () => {
    const { shop, user, signature } = await makeShop();
    expect(await opened(shop, user, signature)).toEqual([
      [],
      ...Array<string>(4).fill('TARGETING_MATCH'),
      200,
      'verified',
    ]);
  });

  it.each(FORGERIES)('%s is a claim', async (_, forged) => {
    const facts = await makeShop();
    const { shop, user } = facts;
    expect(await opened(shop, user, await forged(facts))).toEqual([...CLAIMED, 'claimed']);
    expect((await shop.profile('user', user))?.traits).toEqual({ plan: 'gold', tier: 'none' });
  });

  it.each([[1], [true], [{}], [['a']]])('of another shape is refused: %j', async (signature) => {
    const { shop, user } = await makeShop();
    const event = { type: 'identify', anonymousId: fresh(), userId: user, signature };
    const { accepted, rejected } = await shop.sent([event]);
    expect([accepted, rejected.map(({ code, path }) => [code, path])]).toEqual([
      0,
      [['invalid_field', 'signature']],
    ]);
    const question = { writeKey: shop.writeKey, slots: ['vip'], userId: user, signature };
    const asked = await call('POST', '/v1/decide', question);
    expect([asked.status, (await asked.json<Problem>()).code]).toEqual([400, 'invalid_field']);
  });

  it('that is right for one event of a batch vouches for no other user in it', async () => {
    const { shop, user } = await makeShop();
    const [own, anonymousId] = [fresh('own'), fresh('anon')];
    const signature = await signUserId(shop.identitySecret, own);
    const event = { type: 'identify', traits: { plan: 'free' } };
    const { decisions } = await shop.sent(
      [
        { ...event, userId: own, anonymousId, signature, messageId: '1' },
        { ...event, userId: user, messageId: '2' },
        { ...event, userId: user, anonymousId, messageId: '3' },
      ],
      { decide: ['vip'] },
    );
    expect(decisions?.['vip']?.reason).toBe('NO_MATCH');
    expect(await shop.profile('user', user)).toMatchObject({
      identifiers: [{ value: user }],
      traits: { plan: 'gold' },
    });
  });

  it('is kept nowhere', async () => {
    const { shop, user, signature } = await makeShop();
    const anonymousId = fresh('anon');
    await shop.sent([{ type: 'identify', anonymousId, userId: user, signature, messageId: '1' }]);
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/timeline'],
      ['GET', '/identity'],
      ['POST', '/export'],
    ] as const) {
      const answer = await shop.ask(method, `/v1/profiles/user/${user}${path}`);
      expect(answer.status).toBe(200);
      expect(await answer.text()).not.toContain(signature);
    }
  });

  it('under a secret that two rotations have ended, or that was dropped, is a claim', async () => {
    const { shop, user, signature } = await makeShop();
    const rotate = async (): Promise<string> =>
      (await (await shop.ask('POST', '/v1/identity-secrets')).json<IdentitySecretAnswer>()).secret;
    const second = await rotate();
    expect(await opened(shop, user, signature)).toMatchObject([
      [],
      {},
      {},
      {},
      {},
      200,
      'verified',
    ]);
    await rotate();
    expect(await opened(shop, user, signature)).toEqual([...CLAIMED, 'claimed']);
    const dropped = await shop.ask('DELETE', '/v1/identity-secrets/previous');
    expect(dropped.status).toBe(200);
    expect(await opened(shop, user, await signUserId(second, user))).toEqual([
      ...CLAIMED,
      'claimed',
    ]);
  });
});
