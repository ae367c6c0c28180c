import { Hono } from 'hono';
import { readJson } from '../body.ts';
import { siteInput, sitePatch } from '../contract/siteSchema.ts';
import type { NewSiteAnswer, SiteAnswer, SitePatch, SitesAnswer } from '../contract/wire.ts';
import { ProblemError } from '../errors.ts';
import { type PrivateEnv, siteUnknown } from '../guard.ts';
import { parseAs } from '../parse.ts';
import { addSite } from '../site/create.ts';
import { newKey } from '../site/newKey.ts';
import { IN_FORCE_WITHIN } from '../site/snapshot.ts';
import { publish } from './publish.ts';

/** Largest body: 100 origins of 255 characters, and a name. Bytes. */
const MAX_BYTES = 64 * 1024;

interface Row {
  id: string;
  name: string;
  origins: string;
  created_at: number;
}
const COLUMNS = 'id, name, origins, created_at';

const answer = ({ id, name, origins, created_at }: Row): SiteAnswer => ({
  id,
  name,
  origins: JSON.parse(origins) as string[],
  createdAt: new Date(created_at).toISOString(),
});

/** Changes what a patch names, and raises the version. Undefined where there is no such site. */
async function change(db: D1Database, id: string, patch: SitePatch): Promise<Row | undefined> {
  const { name = null, origins } = patch;
  const row = await db
    .prepare(
      `update sites set name = coalesce(?2, name), origins = coalesce(?3, origins), version = version + 1
       where id = ?1 returning ${COLUMNS}`,
    )
    .bind(id, name, origins === undefined ? null : JSON.stringify(origins))
    .first<Row>();
  return row ?? undefined;
}

/**
 * `/v1/sites`: the tenants of a worker. Made and listed with the operator key; read and changed with that, or with a
 * secret key of the site itself.
 */
export const sitesRoute = new Hono<PrivateEnv>()
  .post('/v1/sites', async (c) => {
    const now = Date.now();
    const { id, name, origins } = parseAs(siteInput, await readJson(c.req.raw, MAX_BYTES));
    const shown = {
      writeKey: newKey('write'),
      secretKey: newKey('secret'),
      identitySecret: newKey('identity'),
    };
    const site = { id, name, origins: [...new Set(origins)], ...shown };
    if (!(await addSite(c.env.DB, c.env.CRESSET_SECRET, site, now))) {
      throw new ProblemError(
        409,
        'site_exists',
        `There is a site "${id}" already. Change it with PATCH, or take another id.`,
      );
    }
    c.set('caller', { ...c.var.caller, site: id });
    const made = { ...site, createdAt: new Date(now).toISOString() };
    return c.json(made satisfies NewSiteAnswer, 201);
  })
  .get('/v1/sites', async (c) => {
    const { results } = await c.env.DB.prepare(
      `select ${COLUMNS} from sites order by id nulls last`,
    ).all<Row>();
    return c.json({ sites: results.map(answer) } satisfies SitesAnswer);
  })
  .get('/v1/sites/:site', async (c) => {
    const { site } = c.var.caller;
    const row = await c.env.DB.prepare(`select ${COLUMNS} from sites where id = ?1`)
      .bind(site)
      .first<Row>();
    if (row === null) throw siteUnknown(site);
    return c.json(answer(row));
  })
  .patch('/v1/sites/:site', async (c) => {
    const now = Date.now();
    const { site } = c.var.caller;
    const { origins, ...rest } = parseAs(sitePatch, await readJson(c.req.raw, MAX_BYTES));
    const patch = origins === undefined ? rest : { ...rest, origins: [...new Set(origins)] };
    const row = await change(c.env.DB, site, patch);
    if (row === undefined) throw siteUnknown(site);
    await publish(c.env, c.executionCtx, site, now);
    return c.json({ ...answer(row), inForceWithin: IN_FORCE_WITHIN } satisfies SiteAnswer);
  });
