export type {
  Core,
  Cresset,
  Events,
  Identity,
  IdentifyOptions,
  Offers,
  TrackOptions,
} from './api.ts';
export { attributes } from './capture/attributes.ts';
export { type Cart, commerce, type Commerce } from './capture/commerce.ts';
export { engagement } from './capture/engagement.ts';
export { pages } from './capture/pages.ts';
export type { Properties } from './properties.ts';
export { create } from './client.ts';
export type { Options } from './config.ts';
export type { ConsentLevel } from './consent.ts';
export type { NewEvent, StoredEvent } from './event.ts';
export { identity } from './identity.ts';
export { init } from './init.ts';
export { losses } from './losses.ts';
export type { Part } from './part.ts';
export type { Renderer, Renderers, Tools } from './render.ts';
export type { Signals } from './signals.ts';
export { slots } from './slots.ts';
export type {
  BannerContent,
  BannerOffer,
  CouponContent,
  CouponOffer,
  DecideContext,
  Decision,
  DecisionReason,
  Decisions,
  ItemsContent,
  ItemsOffer,
  Offer,
  OfferBase,
  Product,
  TextContent,
  TextOffer,
} from '../../worker/src/contract/wire.ts';
