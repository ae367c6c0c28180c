import type { Campaign, Offer } from '../../../src/contract/wire.ts';
import { buildContext, type DecisionContext } from '../../../src/decide/context.ts';
import { type ProfileView, strangerView } from '../../../src/profile/view.ts';

/** A campaign with what a test does not care about filled in. */
export type CampaignSketch = Partial<Omit<Campaign, 'variants'>> & {
  id: string;
  variants?: (Partial<Campaign['variants'][number]> & { key: string })[];
};

const offer = (title: string): Offer => ({ kind: 'banner', content: { title } });

export const campaign = (sketch: CampaignSketch): Campaign => ({
  name: sketch.id,
  slot: 'hero',
  priority: 0,
  enabled: true,
  startsAt: null,
  endsAt: null,
  conditions: null,
  ...sketch,
  variants: (sketch.variants ?? [{ key: 'a' }]).map((variant) => ({
    weight: 1,
    offer: offer(`${sketch.id}/${variant.key}`),
    ...variant,
  })),
});

/** A snapshot's campaigns in the order in which a snapshot holds them. */
export const snapshotOf = (
  sketches: CampaignSketch[],
): { site: string; campaigns: Campaign[] } => ({
  site: 'demo',
  campaigns: sketches
    .map(campaign)
    .sort((a, b) => b.priority - a.priority || (a.id < b.id ? -1 : 1)),
});

export const viewOf = (known: Partial<ProfileView> = {}): ProfileView => ({
  ...strangerView('a.somebody'),
  ...known,
});

export const contextOf = (
  context: Record<string, unknown> = {},
  headers: Record<string, string> = {},
  trusted = false,
): DecisionContext => buildContext(new Headers(headers), context, trusted);
