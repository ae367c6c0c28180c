import type { CampaignAnswer, CampaignInput, Offer } from '../../src/contract/wire.ts';
import { ask } from './client.ts';

export const banner = (title = 'Hello'): Offer => ({ kind: 'banner', content: { title } });

/** A campaign's body with what a test does not care about filled in. */
export const input = (
  id: string,
  more: Partial<CampaignInput> & Record<string, unknown> = {},
): CampaignInput => ({
  id,
  name: `Campaign ${id}`,
  slot: 'hero',
  variants: [{ key: 'a', offer: banner(id) }],
  ...more,
});

/** Makes a campaign and expects that it is taken. */
export async function made(id: string, more: Partial<CampaignInput> = {}): Promise<CampaignAnswer> {
  const response = await ask('POST', '/v1/campaigns', input(id, more));
  if (response.status !== 201) throw new Error(`${response.status} ${await response.text()}`);
  return response.json<CampaignAnswer>();
}
