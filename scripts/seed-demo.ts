/** The three campaigns of the demo, and how they get into a site. */
import { COUPON } from '../examples/shop/coupon.ts';
import type {
  BannerContent,
  Campaign,
  CampaignInput,
  Condition,
  DecideAnswer,
  VariantInput,
} from '../worker/src/contract/wire.ts';

const banner = (content: BannerContent): VariantInput['offer'] => ({ kind: 'banner', content });

const looksAt = (category: string): Condition => ({
  all: [
    { field: 'profile.topCategory', op: 'eq', value: category },
    { field: `profile.categories.${category}.count`, op: 'gte', value: 2 },
  ],
});

const about = (category: string, content: BannerContent): VariantInput => ({
  key: category,
  conditions: looksAt(category),
  offer: banner({
    ...content,
    image: `/pictures/banner-${category}.svg`,
    href: `/c/${category}`,
  }),
});

export const CAMPAIGNS: readonly CampaignInput[] = [
  {
    id: 'cart-left-behind',
    name: 'Cart left behind',
    slot: 'hero',
    priority: 30,
    conditions: {
      all: [
        { field: 'profile.cart.quantity', op: 'gte', value: 1 },
        { field: 'context.entrance', op: 'eq', value: true },
      ],
    },
    variants: [
      {
        key: 'coupon',
        offer: banner({
          title: 'Your cart is still warm',
          text: 'We kept everything as you left it. Take ten percent off with this code.',
          code: COUPON,
          action: 'Back to your cart',
          href: `/cart?coupon=${COUPON}`,
          image: '/pictures/banner-cart.svg',
        }),
      },
    ],
  },
  {
    id: 'interest',
    name: 'Interest in a category',
    slot: 'hero',
    priority: 20,
    conditions: { any: ['coffee', 'tea', 'ceramics'].map(looksAt) },
    variants: [
      about('coffee', {
        title: 'Your next cup starts with the grind',
        text: 'Grinders, kettles and drippers that get along with each other.',
        action: 'See the coffee shelf',
      }),
      about('tea', {
        title: 'Put the kettle on, we brought the leaves',
        text: 'First-flush sencha, malty Assam and the iron to brew them in.',
        action: 'See the tea shelf',
      }),
      about('ceramics', {
        title: 'Fresh from the kiln this week',
        text: 'Forty pieces a firing, glazed by hand. When they are gone, they are gone.',
        action: 'See the ceramics',
      }),
    ],
  },
  {
    id: 'welcome',
    name: 'Welcome',
    slot: 'hero',
    priority: 0,
    conditions: null,
    variants: [
      {
        key: 'welcome',
        offer: banner({
          title: 'Good mornings begin slowly',
          text: 'New here? Start with the kettle that everybody comes back for.',
          action: 'Meet the kettle',
          href: '/p/slow-pour-kettle',
          image: '/pictures/banner-welcome.svg',
        }),
      },
    ],
  },
];

/** Where the worker is and how to speak to it. */
export interface Access {
  /** Origin of the worker. */
  worker: string;
  secretKey: string;
}

const IN_FORCE_WITHIN = 90_000;

/** Adds the campaigns; those that are there get this content, but stay on or off as they are. */
export async function seedCampaigns(
  { worker, secretKey }: Access,
  campaigns: readonly CampaignInput[] = CAMPAIGNS,
): Promise<void> {
  const ask = async (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(worker + path, {
      method,
      headers: { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const expectOk = async (response: Response): Promise<Response> => {
    if (response.ok) return response;
    throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  };

  const stored: Campaign[] = [];
  for (const campaign of campaigns) {
    const { id, ...patch } = campaign;
    const added = await ask('POST', '/v1/campaigns', campaign);
    const answer = added.status === 409 ? await ask('PATCH', `/v1/campaigns/${id}`, patch) : added;
    stored.push((await (await expectOk(answer)).json()) as Campaign);
  }

  // A change is in force after a while only: until then the first visitor would see yesterday's banner.
  const bySlot = Map.groupBy(
    stored.filter(({ enabled }) => enabled),
    ({ slot }) => slot,
  );
  const until = Date.now() + IN_FORCE_WITHIN;
  for (const [slot, expected] of bySlot) {
    for (;;) {
      const question = { anonymousId: 'seed', fresh: true, slots: [slot], explain: true };
      const answer = await expectOk(await ask('POST', '/v1/decide', question));
      const { decisions } = (await answer.json()) as DecideAnswer;
      const known = new Set(decisions[slot]?.explain?.map(({ campaign }) => campaign));
      if (expected.every(({ id }) => known.has(id))) break;
      if (Date.now() > until)
        throw new Error(`the campaigns of "${slot}" are not in force after 90 s`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
