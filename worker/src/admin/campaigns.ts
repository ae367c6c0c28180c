import { Hono } from 'hono';
import type { PrivateEnv } from '../guard.ts';
import { readJson } from '../body.ts';
import { campaignInput, campaignPatch } from '../contract/schema.ts';
import type { Campaign, CampaignAnswer, CampaignsAnswer } from '../contract/wire.ts';
import { ProblemError } from '../errors.ts';
import { invalidField, parseAs } from '../parse.ts';
import { IN_FORCE_WITHIN } from '../site/snapshot.ts';
import { complete, patched } from './complete.ts';
import { faultOf } from './fault.ts';
import { publish } from './publish.ts';
import {
  addCampaign,
  findCampaign,
  listCampaigns,
  MAX_CAMPAIGNS,
  replaceCampaign,
} from './store.ts';

/** Largest body of a change. Bytes. */
const MAX_BYTES = 64 * 1024;

function checked(campaign: Campaign): Campaign {
  const fault = faultOf(campaign);
  if (fault !== undefined) throw invalidField(fault.path, fault.message);
  return campaign;
}

const notFound = (id: string): ProblemError =>
  new ProblemError(404, 'campaign_not_found', `There is no campaign "${id}" in this site.`);

/** `/v1/campaigns`: who sees which offer in which slot. Under the secret key. */
export const campaignsRoute = new Hono<PrivateEnv>()
  .post('/v1/campaigns', async (c) => {
    const now = Date.now();
    const { site } = c.var.caller;
    const input = parseAs(campaignInput, await readJson(c.req.raw, MAX_BYTES));
    const campaign = checked(complete(input));
    const outcome = await addCampaign(c.env.DB, site, campaign, now);
    if (outcome === 'exists') {
      throw new ProblemError(
        409,
        'campaign_exists',
        `There is a campaign "${campaign.id}" already. Change it with PATCH, or take another id.`,
      );
    }
    if (outcome === 'full') {
      throw new ProblemError(
        409,
        'campaigns_full',
        `A site has at most ${MAX_CAMPAIGNS} campaigns. Change one that is over with PATCH.`,
      );
    }
    await publish(c.env, c.executionCtx, site, now);
    return c.json({ ...campaign, inForceWithin: IN_FORCE_WITHIN } satisfies CampaignAnswer, 201);
  })
  .get('/v1/campaigns', async (c) => {
    const { site } = c.var.caller;
    const campaigns = await listCampaigns(c.env.DB, site);
    return c.json({ campaigns } satisfies CampaignsAnswer);
  })
  .get('/v1/campaigns/:id', async (c) => {
    const { site } = c.var.caller;
    const id = c.req.param('id');
    const body = await findCampaign(c.env.DB, site, id);
    if (body === undefined) throw notFound(id);
    return c.json(JSON.parse(body) as CampaignAnswer);
  })
  .patch('/v1/campaigns/:id', async (c) => {
    const now = Date.now();
    const { site } = c.var.caller;
    const id = c.req.param('id');
    const patch = parseAs(campaignPatch, await readJson(c.req.raw, MAX_BYTES));
    // Of two at once the slower reads again what the faster wrote, and changes that.
    for (let attempt = 0; attempt < 2; attempt++) {
      const before = await findCampaign(c.env.DB, site, id);
      if (before === undefined) throw notFound(id);
      const campaign = checked(patched(JSON.parse(before) as Campaign, patch));
      if (await replaceCampaign(c.env.DB, site, before, campaign, now)) {
        await publish(c.env, c.executionCtx, site, now);
        return c.json({ ...campaign, inForceWithin: IN_FORCE_WITHIN } satisfies CampaignAnswer);
      }
    }
    throw new ProblemError(
      409,
      'changed_meanwhile',
      'Others change this campaign at the same time. Read it and try again.',
    );
  });
