import type {
  DecisionReason,
  IdentifierKind,
  JsonObject,
  TimelineEvent,
} from '../../../../worker/src/contract/wire.ts';
import {
  CART_VIEWED,
  CHECKOUT_STARTED,
  ORDER_COMPLETED,
  PAGE_ENGAGED,
  PRODUCT_ADDED,
  PRODUCT_REMOVED,
  PRODUCT_VIEWED,
  PROMOTION_CLICKED,
  PROMOTION_DISMISSED,
  PROMOTION_VIEWED,
} from '../../../../worker/src/contract/values.ts';
import { make } from '../dom.ts';

const REASONS: Record<DecisionReason, string> = {
  STATIC: 'it is for everybody',
  TARGETING_MATCH: 'its conditions hold',
  SPLIT: 'drawn among its variants',
  NO_CAMPAIGN: 'there is no campaign for this place',
  NO_MATCH: 'no campaign is meant for this moment',
  NO_CONSENT: 'the visitor did not agree',
  TIMEOUT: 'no answer came in time',
  ERROR: 'the worker failed',
};

/** A decision's reason as half a sentence. */
export const reasonWords = (reason: DecisionReason): string => REASONS[reason];

const text = (properties: JsonObject, name: string): string | undefined => {
  const value = properties[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
};

const euros = (value: unknown): string =>
  typeof value === 'number' ? `€${value.toFixed(2).replace(/\.00$/, '')}` : '';

/** Path of the page that an event happened on. */
function pathOf({ properties, context }: TimelineEvent): string {
  const { page } = context;
  const said = typeof page === 'object' && page !== null && !Array.isArray(page) ? page : {};
  const url = text(properties, 'url') ?? text(said, 'url') ?? '';
  return URL.parse(url)?.pathname ?? 'a page';
}

const pieces = (properties: JsonObject): string => {
  const quantity = properties['quantity'];
  return typeof quantity === 'number' && quantity !== 1 ? `${quantity} × ` : '';
};

function trackWords(event: TimelineEvent): string {
  const { properties } = event;
  const product = text(properties, 'name') ?? 'something';
  const products = Array.isArray(properties['products']) ? properties['products'].length : 0;
  const offer = text(properties, 'promotion_id') ?? text(properties, 'name') ?? 'an offer';
  switch (event.event ?? '') {
    case PRODUCT_VIEWED:
      return `Looked at ${product}`;
    case PRODUCT_ADDED:
      return `Put ${pieces(properties)}${product} in the cart`;
    case PRODUCT_REMOVED:
      return `Took ${pieces(properties)}${product} out of the cart`;
    case CART_VIEWED:
      return products === 0 ? 'Opened the empty cart' : `Opened the cart, ${products} in it`;
    case CHECKOUT_STARTED:
      return 'Went to the checkout';
    case ORDER_COMPLETED:
      return `Ordered for ${euros(properties['total'] ?? properties['revenue'])}`;
    case PROMOTION_VIEWED:
      return `Saw the offer “${offer}”`;
    case PROMOTION_CLICKED:
      return `Clicked the offer “${offer}”`;
    case PROMOTION_DISMISSED:
      return `Closed the offer “${offer}”`;
    case PAGE_ENGAGED: {
      const { engaged } = properties;
      return `Read ${pathOf(event)} for ${typeof engaged === 'number' ? Math.max(1, Math.round(engaged / 1000)) : '?'} s`;
    }
    default:
      return event.event ?? 'Did something';
  }
}

/** An event as a sentence without a subject. */
export function eventWords(event: TimelineEvent): string {
  switch (event.type) {
    case 'page':
      return `Opened ${pathOf(event)}`;
    case 'track':
      return trackWords(event);
    case 'identify':
      return event.identifier.kind === 'user'
        ? `Signed in as ${event.identifier.value}`
        : 'Told who it is';
    case 'alias':
      return 'Joined two identifiers';
    case 'group':
      return 'Joined a group';
    case 'screen':
      return `Opened the screen ${event.event ?? ''}`;
  }
}

const STEPS = [
  [60, 's'],
  [60, 'min'],
  [24, 'h'],
  [Number.POSITIVE_INFINITY, 'd'],
] as const;

/** How long ago an ISO time was: `12 s ago`. */
export function ago(iso: string): string {
  let age = Math.max(0, (Date.now() - Date.parse(iso)) / 1000);
  for (const [size, unit] of STEPS) {
    if (age < size) return unit === 's' && age < 2 ? 'now' : `${Math.floor(age)} ${unit} ago`;
    age /= size;
  }
  return iso;
}

/** A time that {@link showTimes} fills: without its text, what is drawn differs only where more than time passed. */
export function when(iso: string): HTMLElement {
  const time = make('time', 'when');
  time.setAttribute('datetime', iso);
  return time;
}

/** Brings the times in a part of the page up to now. */
export function showTimes(place: HTMLElement): void {
  for (const time of place.querySelectorAll('time')) time.textContent = ago(time.dateTime);
}

/** A browser in short; the user id stays as it is. */
export const shortId = (value: string): string =>
  value.length > 8 ? `${value.slice(0, 6)}…` : value;

/** An identifier in words: a user by its id, a browser by whether it is this one. */
export const nameOf = (
  { kind, value }: { kind: IdentifierKind; value: string },
  own: string | undefined,
): string => (kind === 'user' ? value : value === own ? 'This browser' : 'Another browser');
