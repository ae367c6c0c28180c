export type { Cart, Commerce } from './capture/cart.ts';
export type { Properties } from './capture/track.ts';
export { type Cresset, type IdentifyOptions, init } from './client.ts';
export type { Options } from './config.ts';
export type { ConsentLevel } from './consent.ts';
export type {
  BannerContent,
  BannerOffer,
  DecideContext,
  Decision,
  DecisionReason,
  Decisions,
  Offer,
  Product,
} from '../../worker/src/contract/wire.ts';
