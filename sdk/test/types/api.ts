/** Compiled, never run: what the types of the API allow and what they refuse. */
import { type Cresset, type Decision, init, type Options } from '../../src/index.ts';

const options: Options = { key: 'wk_x', host: 'https://c.example' };
const cresset: Cresset = init({
  ...options,
  consent: 'measure',
  pages: false,
  slots: undefined,
  timeout: 500,
});

cresset.page();
cresset.page('Name');
cresset.page('Name', { size: 1 });
cresset.page('Category', 'Name', { size: 1 });
cresset.page({ size: 1 });
cresset.track('Event', { nested: { list: [1, 'a', null] }, date: new Date() });
cresset.identify('u-1', { plan: 'free' }, { signature: 'abc' });
cresset.identify(17);
cresset.identify({ mood: 'good' });
cresset.cart.add({ product_id: 'p-1', price: 2 }, { currency: 'EUR' });
cresset.cart.view();
cresset.consent('none');
cresset.consent('wait');
cresset.track('Event', {}, { context: { page: { url: 'https://shop.example/' } } });
/** What is listened to tells what it is, and how to end it. */
export const undo: () => void = cresset.on('dropped', ({ count, reason }) => [
  count.toFixed(),
  reason.length,
]);
export const shown = (place: HTMLElement, decision: Decision): (() => void) =>
  cresset.show(place, decision);

/** A site may name its events, and what is known of each. */
interface Shop {
  'Guide Opened': { guide: string; page?: number };
  'Signed Up': { plan: 'free' | 'pro' };
}
const shop = init<Shop>(options);
shop.track('Guide Opened', { guide: 'tents' });
shop.track('Signed Up', { plan: 'pro' });
// @ts-expect-error -- no such event
shop.track('Guide Closed', { guide: 'tents' });
// @ts-expect-error -- no such plan
shop.track('Signed Up', { plan: 'gold' });
// @ts-expect-error -- a guide is a text
shop.track('Guide Opened', { guide: 1 });

/** The decisions, with what an offer holds. */
export const titleOf = async (): Promise<string | undefined> => {
  const { hero }: { hero?: Decision } = await cresset.decide(['hero'], { mood: 'good' });
  return hero?.offer?.kind === 'banner' ? hero.offer.content.title : undefined;
};
/** No anonymous id without consent. */
export const id: string | undefined = cresset.anonymousId();

// @ts-expect-error -- a key is needed
init({ host: 'https://c.example' });
// @ts-expect-error -- a module cannot know its worker
init({ key: 'wk_x' });
// @ts-expect-error -- no such level
cresset.consent('some');
// @ts-expect-error -- an event has a name
cresset.track();
// @ts-expect-error -- slots are a list
void cresset.decide('hero');
// @ts-expect-error -- price is a number
cresset.cart.add({ product_id: 'p-1', price: '2' });
