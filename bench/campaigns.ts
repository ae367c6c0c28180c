import type { Campaign, Condition } from '../worker/src/contract/wire.ts';

/**
 * A hundred campaigns of four conditions in one slot. All look at all four before they fail at the last,
 * but for the hundredth, which holds: the dearest order there is. The same for strangers.
 */
export const CAMPAIGNS: readonly Campaign[] = Array.from({ length: 100 }, (_, index) => {
  const fourth: Condition =
    index < 99
      ? { field: 'profile.counters.Product Viewed.count', op: 'gte', value: 1e9 + index }
      : { field: 'profile.counters.Order Completed.count', op: 'exists', value: false };
  return {
    id: index < 99 ? `campaign-${String(index).padStart(2, '0')}` : 'last',
    name: `Campaign ${index}`,
    slot: 'hero',
    priority: 100 - index,
    enabled: true,
    startsAt: null,
    endsAt: null,
    conditions: {
      all: [
        { field: 'context.device', op: 'eq', value: 'desktop' },
        { field: 'context.path', op: 'startsWith', value: '/p/' },
        { field: 'profile.cart.quantity', op: 'lt', value: 100 + index },
        fourth,
      ],
    },
    variants: [
      {
        key: 'only',
        weight: 1,
        offer: {
          kind: 'banner',
          content: { title: `Offer ${index}`, text: 'Ten percent off.', href: '/sale' },
        },
      },
    ],
  };
});
