/**
 * Constants that both sides of the wire agree on. No imports, no logic: a bundler inlines them.
 */

/** Route that takes a batch of events. */
export const PATH_BATCH = '/v1/batch';
/** The same, as Segment's browser SDK calls it. */
export const PATH_BATCH_SHORT = '/v1/b';
/** Route that answers what to show in which slot. */
export const PATH_DECIDE = '/v1/decide';

/**
 * Cookie in which the worker keeps the SDK's anonymous id, where both are of one origin. The SDK reads it when nothing
 * else is left, and it is not HttpOnly for that.
 */
export const KEPT_COOKIE = 'cresset.kept';

/** Largest body of a batch, in bytes of the decoded text. */
export const MAX_BATCH_BYTES = 500 * 1024;
/** Most events in one batch. */
export const MAX_BATCH_EVENTS = 2500;
/** Largest single event, in bytes of its JSON. */
export const MAX_EVENT_BYTES = 32 * 1024;
/** Deepest nesting of objects and arrays in an event. */
export const MAX_DEPTH = 32;
/** Longest `anonymousId`, `userId` or `previousId`, in UTF-16 units. */
export const MAX_ID_LENGTH = 255;
/** Longest `messageId`. */
export const MAX_MESSAGE_ID_LENGTH = 100;
/** Longest `groupId`. */
export const MAX_GROUP_ID_LENGTH = 500;
/** Longest event name. */
export const MAX_NAME_LENGTH = 200;
/** Longest name of a site. */
export const MAX_SITE_NAME_LENGTH = 200;
/** Longest time for which a key that was rotated still counts, and how long it is by itself. Seconds. */
export const MAX_OVERLAP = 90 * 86_400;
export const DEFAULT_OVERLAP = 7 * 86_400;
/** Most slots asked for in one decision request. */
export const MAX_SLOTS = 20;
/** Longest slot name. */
export const MAX_SLOT_LENGTH = 64;
/**
 * Largest body of a keepalive request, in bytes. Browsers share 64 KiB among all keepalive requests
 * in flight (https://fetch.spec.whatwg.org/#http-network-or-cache-fetch, step 8.11, seen 2026-11).
 */
export const MAX_KEEPALIVE_BYTES = 60 * 1024;

/** Events further in the future than this get the time of their receipt. Milliseconds. */
export const MAX_FUTURE = 5 * 60 * 1000;
/** A visit ends after this long without an event. Milliseconds. */
export const SESSION_GAP = 30 * 60 * 1000;

/** Names of the events that Cresset itself understands: Segment's e-commerce v2, and one of ours. */
export const PRODUCT_VIEWED = 'Product Viewed';
export const PRODUCT_ADDED = 'Product Added';
export const PRODUCT_REMOVED = 'Product Removed';
export const CART_VIEWED = 'Cart Viewed';
export const CHECKOUT_STARTED = 'Checkout Started';
export const ORDER_COMPLETED = 'Order Completed';
/** An offer, or the empty place of a withheld one, was half visible for a second. */
export const PROMOTION_VIEWED = 'Promotion Viewed';
export const PROMOTION_CLICKED = 'Promotion Clicked';
/** The visitor closed an offer: this browser shows its campaign no more. */
export const PROMOTION_DISMISSED = 'Promotion Dismissed';
/** `properties.count` events were lost in the browser: too many waited, or they were no JSON or too large. */
export const EVENTS_DROPPED = 'Events Dropped';
/** Engaged time on a page view: `properties.engaged` in milliseconds, an increment, and `properties.view`. */
export const PAGE_ENGAGED = 'Page Engaged';
