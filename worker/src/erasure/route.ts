import { Hono } from 'hono';
import type { PrivateEnv } from '../guard.ts';
import { ProblemError } from '../errors.ts';
import { identityOf, personOf, profileOf } from '../profile/client.ts';
import { identifierIn, profileUnknown } from '../profile/path.ts';
import { receiptOf } from './entry.ts';
import { exportStream } from './export.ts';
import { findEntry } from './journal.ts';
import { requestErasure } from './request.ts';
import { workOn } from './work.ts';

/** A request waits so long for the erasure that it began. Milliseconds. */
const PATIENCE = 2_000;

/** Settles when the work does, or when the caller has waited long enough. */
async function atMost(wait: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, wait);
  });
  await Promise.race([work, enough]);
  clearTimeout(timer);
}

/** Export and erasure of a person. Under the secret key. */
export const erasureRoute = new Hono<PrivateEnv>()
  .post('/v1/profiles/:kind/:id/erase', async (c) => {
    const now = Date.now();
    const { site } = c.var.caller;
    const { name } = identifierIn(site, c.req.param('kind'), c.req.param('id'));
    const entry = await requestErasure(c.env, site, name, now);
    if (entry === undefined) throw profileUnknown();
    if (entry.completedAt === null) {
      const work = workOn(c.env, entry.id, now);
      c.executionCtx.waitUntil(work);
      await atMost(PATIENCE, work);
    }
    const receipt = receiptOf((await findEntry(c.env.DB, site, entry.id)) ?? entry);
    c.header('cache-control', 'no-store');
    return c.json(receipt, receipt.status === 'done' ? 200 : 202);
  })
  .get('/v1/erasures/:id', async (c) => {
    const { site } = c.var.caller;
    const id = c.req.param('id');
    const entry = await findEntry(c.env.DB, site, id);
    if (entry === undefined) {
      throw new ProblemError(404, 'erasure_not_found', `There is no erasure "${id}" in this site.`);
    }
    c.header('cache-control', 'no-store');
    return c.json(receiptOf(entry));
  })
  .post('/v1/profiles/:kind/:id/export', async (c) => {
    const now = Date.now();
    const { site } = c.var.caller;
    const { name } = identifierIn(site, c.req.param('kind'), c.req.param('id'));
    const [person, profile, identity] = await Promise.all([
      personOf(c.env, name),
      profileOf(c.env, name),
      identityOf(c.env, name),
    ]);
    if (person.is !== 'person' || profile === undefined || identity === undefined) {
      throw profileUnknown();
    }
    const { members, firstReceived: since } = person;
    return c.body(exportStream(c.env, { site, members, since }, profile, identity, now), 200, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
  });
