import { expect, it } from 'vitest';
import { SITE } from '../site.ts';
import { ask, call, sent } from './client.ts';

const track = { type: 'track', event: 'Product Viewed', anonymousId: 'placeholders-1' };

it("a site's placeholder names nobody, in events and in questions", async () => {
  // First of all: a change within five seconds of the last is left to the cron.
  const changed = await ask('PATCH', '/v1/settings', { placeholders: [' Till-7 '] });
  expect(changed.status).toBe(200);

  const after = await sent([{ ...track, userId: ' TILL-7', messageId: 'm1' }]);
  expect(after).toMatchObject({ accepted: 1, notices: [{ index: 0, code: 'placeholder_id' }] });
  const next = await sent([{ ...track, userId: 'till-8', messageId: 'm3' }]);
  expect(next).toMatchObject({ accepted: 1, notices: [] });
  // Built in.
  const guest = await sent([{ ...track, userId: 'guest', messageId: 'm2' }]);
  expect(guest.notices).toMatchObject([{ code: 'placeholder_id' }]);

  const { writeKey } = SITE;
  const question = await call('POST', '/v1/decide', {
    writeKey,
    anonymousId: 'till-7',
    slots: ['hero'],
  });
  expect(question.status).toBe(400);
  expect(await question.json()).toMatchObject({ code: 'id_missing' });
});
