/**
 * What goes over the wire, as documented interfaces. This file is the reference: `schema.ts` mirrors
 * it and the compiler holds the two equal. No imports, so the SDK can take its types at no cost.
 */

/** Any JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/** The six calls of the Segment spec. */
export type EventType = 'page' | 'track' | 'identify' | 'alias' | 'group' | 'screen';

/** A product as it stands in `properties` or in `properties.products[]`. Names as in Segment's e-commerce spec v2. */
export interface Product {
  /** The site's own id of the product; falls back to `sku`, then `name`, as the key of a cart line. */
  product_id?: string | undefined;
  sku?: string | undefined;
  name?: string | undefined;
  brand?: string | undefined;
  category?: string | undefined;
  variant?: string | undefined;
  /** Price of one piece, in the event's `currency`. */
  price?: number | undefined;
  /** Pieces; 1 where absent. */
  quantity?: number | undefined;
  coupon?: string | undefined;
  /** Place in a list, from 1. */
  position?: number | undefined;
  url?: string | undefined;
  image_url?: string | undefined;
}

/** Where an event happened. Every field of Segment's `context` is kept; those that Cresset reads are named here. */
export interface EventContext {
  /** The page, as the browser saw it. */
  page?:
    | {
        /** Absolute URL. */
        url?: string | undefined;
        /** Path of the URL, from `/`. */
        path?: string | undefined;
        /** Query of the URL with its `?`. */
        search?: string | undefined;
        title?: string | undefined;
        /** Absolute URL of the page before, empty when there was none. */
        referrer?: string | undefined;
      }
    | undefined;
  /** The client that made the event. */
  library?: { name?: string | undefined; version?: string | undefined } | undefined;
  /** BCP 47 language tag. */
  locale?: string | undefined;
  /** IANA time zone. */
  timezone?: string | undefined;
  userAgent?: string | undefined;
  /** Used and dropped at the door; never stored. */
  ip?: string | undefined;
  /** Campaign parameters of the landing URL. */
  campaign?: { [key: string]: Json } | undefined;
  /** Size of the screen in CSS pixels. */
  screen?: { [key: string]: Json } | undefined;
  /** `all` (default): measure and personalize. `measure`: measure only. `none`: the event is dropped. */
  consent?: Json | undefined;
  /** Other identifiers of the person, as Segment's spec has them: kept with the profile, linking nobody. */
  externalIds?: Json | undefined;
  /** Traits of the user, for clients that send them with every event. Not read: use `identify`. */
  traits?: JsonObject | undefined;
  /** Written at the door: the name under which GA4 knows an e-commerce event that got Segment's name. */
  originalEvent?: string | undefined;
  /** Written at the door: the client's time as it came, where the event has another, by a second or more. */
  originalTimestamp?: string | undefined;
  [key: string]: unknown;
}

/** One message of the Segment spec, as a client sends it. */
export interface IncomingEvent {
  /** Which of the six calls. The single-call paths know it from the path. */
  type?: EventType | undefined;
  /** Identifier of the browser or device, at most 255 characters. This or `userId` is required. */
  anonymousId?: string | number | null | undefined;
  /** The site's own id of the user, at most 255 characters. */
  userId?: string | number | null | undefined;
  /** Key of de-duplication, at most 100 characters, unique for its sender. Made by the server if absent or empty. */
  messageId?: string | null | undefined;
  /** When it happened, ISO 8601, by the client's clock. */
  timestamp?: string | null | undefined;
  /** The same, as RudderStack's clients call it. Read where there is no `timestamp`. */
  originalTimestamp?: string | null | undefined;
  /** When it was sent, ISO 8601, by the client's clock; corrects a wrong clock. Wins over the batch's. */
  sentAt?: string | null | undefined;
  /** `track`: the name of the event, at most 200 characters. Required there. */
  event?: string | null | undefined;
  /** `page` and `screen`: the name. */
  name?: string | null | undefined;
  /** `page` and `screen`: the category. */
  category?: string | null | undefined;
  /** What is known of it. `url`, `path`, `referrer` of a `page` or `screen` count where `context.page` lacks them. */
  properties?: JsonObject | null | undefined;
  /** `identify` and `group`: attributes to set, each at most 2 KB of JSON. `null` as a value removes one. */
  traits?: JsonObject | null | undefined;
  /** `group`: required there, at most 500 characters. */
  groupId?: string | number | null | undefined;
  /** `alias`: the identifier that is to join `userId`. Required there. */
  previousId?: string | number | null | undefined;
  /**
   * `identify`: hex HMAC-SHA256 of the `userId` under the site's identity secret. A right one makes the
   * link `verified`; without one it is `claimed`; a wrong one is ignored with the notice `signature_invalid`.
   */
  signature?: string | undefined;
  context?: EventContext | null | undefined;
  /** Accepted for compatibility; not read yet. */
  integrations?: JsonObject | null | undefined;
}

/** Body of `POST /v1/batch`. At most 500 KB and 2,500 events. */
export interface BatchRequest {
  /** The events, oldest first. Each is checked by itself: see {@link IncomingEvent}. */
  batch: unknown[];
  /** Write key, for clients that cannot set headers. Else basic or bearer authorization. */
  writeKey?: string | undefined;
  /** When the batch was sent, ISO 8601, by the client's clock. */
  sentAt?: string | null | undefined;
  /** Merged under each event's own context. */
  context?: EventContext | null | undefined;
  integrations?: JsonObject | null | undefined;
  /** Ask for decisions in the same round trip: names of slots, at most 20. Taken for the last event's person and page. */
  decide?: string[] | undefined;
  /** True until this client had a first batch acknowledged: the decision then needs no profile. */
  fresh?: boolean | undefined;
}

/** Why an event was refused. `docs/reference/http.md` says what to do about each. */
export type RejectionCode =
  | 'not_an_object'
  | 'invalid_field'
  | 'type_missing'
  | 'id_missing'
  | 'id_too_long'
  | 'event_missing'
  | 'group_id_missing'
  | 'previous_id_missing'
  | 'event_too_large'
  | 'too_deep'
  | 'traffic_refused';

/** GA4's default channel group, and AI assistants. */
export type Channel =
  | 'Direct'
  | 'Cross-network'
  | 'Paid Shopping'
  | 'Paid Search'
  | 'Paid Social'
  | 'Paid Video'
  | 'Display'
  | 'Paid Other'
  | 'AI Assistants'
  | 'Organic Shopping'
  | 'Organic Social'
  | 'Organic Video'
  | 'Organic Search'
  | 'Email'
  | 'Affiliates'
  | 'Referral'
  | 'Audio'
  | 'SMS'
  | 'Push'
  | 'Unassigned';

/** What keeps an event out of reports: a bot, an AI service's crawler or agent, the site's own people, a test. */
export type Traffic = 'bot' | 'ai' | 'internal' | 'test';

/**
 * What the worker found out about an event. A field that is absent is not known: nothing is guessed. How each comes
 * about is in `docs/reference/enrichment.md`.
 */
export interface Enriched {
  /** Name of the browser, the same on every device, such as `Safari`. */
  browser?: string | undefined;
  /** Its major version. */
  browserVersion?: string | undefined;
  /** Name of the system, such as `Windows`, `macOS`, `iOS`. */
  os?: string | undefined;
  /** BCP 47 tag, such as `en-GB`. */
  language?: string | undefined;
  /** ISO 3166-1, two letters. */
  country?: string | undefined;
  /** Name of the country's part, in English. */
  region?: string | undefined;
  /** In English. */
  city?: string | undefined;
  /** IANA time zone of the place. */
  timezone?: string | undefined;
  /** Degrees with one decimal: about 10 km. */
  latitude?: number | undefined;
  /** Degrees with one decimal. */
  longitude?: number | undefined;
  /** Where the page's visitor came from. Absent, with the next seven, on a page reached from within the site. */
  channel?: Channel | undefined;
  /** Name of a search engine or a campaign's source, host of any other referrer, or `(direct)`. At most 200 characters, as the next four. */
  source?: string | undefined;
  /** Such as `organic`, `referral`, `cpc`, `(none)`. */
  medium?: string | undefined;
  campaign?: string | undefined;
  term?: string | undefined;
  content?: string | undefined;
  /** Name of the click id's parameter, such as `gclid`. */
  clickIdKind?: string | undefined;
  /** The click id, at most 200 characters. */
  clickId?: string | undefined;
  /** The first of the site's page groups that the page's URL is in. */
  pageGroup?: string | undefined;
  /** Absent for visitors. */
  traffic?: Traffic | undefined;
  /** How much speaks for a bot, 1 to 100; 100 where it declares itself. Absent for 0. */
  score?: number | undefined;
  /** Why, as `<category>:<reason>`, such as `network:hosting`. */
  reasons?: string[] | undefined;
}

/** What was taken with a remark. */
export type NoticeCode =
  /** The anonymous id belongs to another user; the event counts for its `userId`, nothing was linked. */
  | 'anonymous_id_owned'
  /** Two users are merged by the private API only; nothing was linked. */
  | 'merge_needs_secret_key'
  /** A placeholder such as `null` or `guest` stood for an id and was ignored. */
  | 'placeholder_id'
  /** The signature is wrong; the link is claimed, not verified. */
  | 'signature_invalid'
  /** The time was unreadable or too far in the future; the time of receipt stands. */
  | 'timestamp_replaced'
  /** Consent is `none` or withdrawn; the event was dropped. */
  | 'consent_none'
  /** Consent is `measure`; the event was counted but linked nothing. */
  | 'consent_measure'
  /** The decision token is forged, foreign or stale; the exposure counts for nothing. */
  | 'decision_invalid'
  /** The profile has as many identifiers of this kind as it may have; the event counts, nothing was linked. */
  | 'identifier_limit'
  /** The two were split by the private API; the event counts for its `userId`, nothing was linked. */
  | 'identifier_split'
  /** Secret key only: the person was erased, and the event was dropped. Under a write key no notice tells. */
  | 'person_erased';

/** One refused event. */
export interface Rejection {
  /** Place in the batch, from 0. */
  index: number;
  /** The client's `messageId`, or null. */
  messageId: string | null;
  code: RejectionCode;
  /** Path of the field at fault, such as `properties.price`; empty for the event itself. */
  path: string;
  /** What was wrong and how to mend it, in English. */
  message: string;
}

/** One event that was taken with a remark. */
export interface Notice {
  /** Place in the batch, from 0. */
  index: number;
  messageId: string | null;
  code: NoticeCode;
}

/** Answer of `POST /v1/batch`. 200 when every acceptable event is durable. */
export interface BatchAnswer {
  success: boolean;
  /** Events stored by this request. */
  accepted: number;
  /** Events that were stored before. */
  duplicates: number;
  rejected: Rejection[];
  notices: Notice[];
  /** By slot; present when the request had `decide`. */
  decisions?: Decisions | undefined;
}

/** Decisions by slot. */
export type Decisions = { [slot: string]: Decision };

/** What a page or an app tells of the moment it decides in. Reachable in conditions as `context.*` only. */
export interface DecideContext {
  page?:
    | { url?: string | undefined; referrer?: string | undefined; title?: string | undefined }
    | undefined;
  /** See {@link EventContext.consent}. */
  consent?: Json | undefined;
  [key: string]: unknown;
}

/** Body of `POST /v1/decide`. */
export interface DecideRequest {
  /** Write key, for clients that cannot set headers. */
  writeKey?: string | undefined;
  /** Identifier of the browser or device. This or a signed `userId` is required; a secret key may use `userId` alone. */
  anonymousId?: string | number | null | undefined;
  userId?: string | number | null | undefined;
  /** Hex HMAC-SHA256 of the `userId` under the identity secret: opens the whole profile. */
  signature?: string | undefined;
  /** True until a first batch was acknowledged: no profile is read. Ignored when `userId` is present. */
  fresh?: boolean | undefined;
  /** Names of the slots, 1 to 20. */
  slots: string[];
  context?: DecideContext | null | undefined;
  /** Secret key only: say for each campaign of a slot why it was or was not chosen. */
  explain?: boolean | undefined;
}

/** Answer of `POST /v1/decide`. */
export interface DecideAnswer {
  decisions: Decisions;
  /** Seconds for which the answer may be reused on this page. */
  ttl: number;
}

/** Why a slot shows what it shows. The first three carry an offer. */
export type DecisionReason =
  /** A campaign without conditions. */
  | 'STATIC'
  /** The campaign's conditions held. */
  | 'TARGETING_MATCH'
  /** One of several variants, drawn by weight. */
  | 'SPLIT'
  /** No campaign that is on stands in this slot now. */
  | 'NO_CAMPAIGN'
  /** There are campaigns, but none whose conditions hold. */
  | 'NO_MATCH'
  /** Consent is `none`, or still waited for. */
  | 'NO_CONSENT'
  /** The SDK heard nothing in time, or the worker failed; the slot keeps its default. */
  | 'TIMEOUT'
  | 'ERROR';

/** What to show in one slot. */
export interface Decision {
  /** Signed token of this decision; an exposure and a click carry it back as `properties.decisionId`. */
  decisionId?: string | undefined;
  /** Id of the campaign. */
  campaign?: string | undefined;
  /** Key of the variant. */
  variant?: string | undefined;
  /** Absent when there is nothing to show. */
  offer?: Offer | undefined;
  reason: DecisionReason;
  /** Only when a secret key asked for it. */
  explain?: Explanation[] | undefined;
}

/** Why one campaign was or was not chosen. */
export interface Explanation {
  campaign: string;
  name: string;
  chosen: boolean;
  /** In words: the condition that failed, or what made it match. */
  because: string;
}

/**
 * What to show; `kind` tells the shape of its content. All text is shown as text, never as HTML. URLs are https,
 * mailto, tel, or relative to the page and its origin (`/tents`, not `//other.example`).
 */
export type Offer = BannerOffer | TextOffer | ItemsOffer | CouponOffer;

/** What every offer may have. */
export interface OfferBase {
  /** Label of a button that closes the offer for good, 1 to 60 characters; without it there is none. */
  dismiss?: string | undefined;
}

/** A picture, a headline and a link. */
export interface BannerOffer extends OfferBase {
  kind: 'banner';
  content: BannerContent;
}

/** Content of a {@link BannerOffer}. */
export interface BannerContent {
  /** Headline, 1 to 200 characters. */
  title: string;
  /** A sentence below it, at most 500 characters. */
  text?: string | undefined;
  /** URL of the picture. */
  image?: string | undefined;
  /** What the picture shows, for those who cannot see it; empty for a decoration. At most 200 characters. */
  imageAlt?: string | undefined;
  /** Where a click leads. */
  href?: string | undefined;
  /** Label of the link, at most 60 characters. */
  action?: string | undefined;
  /** A coupon code to show, at most 60 characters. */
  code?: string | undefined;
}

/** A line or a paragraph in the look of the place where it stands. */
export interface TextOffer extends OfferBase {
  kind: 'text';
  content: TextContent;
}

/** Content of a {@link TextOffer}. */
export interface TextContent {
  /** 1 to 500 characters. */
  text: string;
  /** Where the text leads: with it, all of the text is the link. */
  href?: string | undefined;
}

/** Products under a headline. */
export interface ItemsOffer extends OfferBase {
  kind: 'items';
  content: ItemsContent;
}

/** Content of an {@link ItemsOffer}. */
export interface ItemsContent {
  /** Headline, 1 to 200 characters; also the name of the list for those who cannot see it. */
  title: string;
  /** 1 to 12. */
  items: OfferItem[];
}

/** One product of an {@link ItemsOffer}. */
export interface OfferItem {
  /** 1 to 200 characters. */
  name: string;
  /** The product's page. */
  url: string;
  /** URL of its picture, which stands beside the name and so needs no text of its own. */
  image?: string | undefined;
  /** 0 or more, in `currency`; shown as the page's language writes it. */
  price?: number | undefined;
  /** ISO 4217, such as `EUR`. Comes with `price`. */
  currency?: string | undefined;
}

/** A code, with a button that copies it. */
export interface CouponOffer extends OfferBase {
  kind: 'coupon';
  content: CouponContent;
}

/** Content of a {@link CouponOffer}. */
export interface CouponContent {
  /** Headline, 1 to 200 characters. */
  title: string;
  /** A sentence below it, at most 500 characters. */
  text?: string | undefined;
  /** The code to copy, 1 to 60 characters. */
  code: string;
  /** The last day on which it counts, such as `2026-12-31`. On the day after, in the visitor's time, it is not shown. */
  expires?: string | undefined;
  /** What stands before that day, at most 60 characters; default `Valid until`. */
  until?: string | undefined;
  /** Label of the button, 1 to 60 characters; default `Copy`. */
  copy?: string | undefined;
  /** What is said once it was copied, 1 to 60 characters; default `Copied`. */
  copied?: string | undefined;
  /** Where the link leads. */
  href?: string | undefined;
  /** Label of the link, at most 60 characters. Both, or there is no link. */
  action?: string | undefined;
}

/** A value that a condition compares with. */
export type Scalar = string | number | boolean;

/** How a condition compares. Times are compared by age in seconds with `newerThan` and `olderThan`. */
export type Operator =
  | 'eq'
  | 'ne'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'in'
  | 'notIn'
  | 'contains'
  | 'startsWith'
  | 'endsWith'
  | 'exists'
  | 'newerThan'
  | 'olderThan';

/**
 * A rule over the context and the profile. Fields:
 * `context.url`, `context.host`, `context.path`, `context.search`, `context.query.<name>`, `context.referrer`,
 * `context.referrerHost`, `context.entrance` (the page was opened from outside the site), `context.device`
 * (`desktop`, `mobile`, `tablet`), `context.browser`, `context.os`, `context.language`, `context.country`,
 * `context.region`, `context.city`, `context.channel`, `context.source`, `context.medium`, `context.campaign`,
 * `context.pageGroup`, `context.traffic` (these as in {@link Enriched}),
 * `context.custom.<name>` (what the caller sent), `profile.traits.<name>`,
 * `profile.counters.<event>.count|first|last`, `profile.categories.<category>.count|first|last`,
 * `profile.topCategory`, `profile.cart.value|quantity|currency|updated`, `profile.orders.count|revenue|last`,
 * `profile.firstSeen`, `profile.lastSeen`.
 * A missing field fulfils only `ne`, `notIn` and `exists: false`.
 */
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | { field: string; op: Operator; value: Scalar | Scalar[] };

/** One alternative of a campaign's offer. */
export interface Variant {
  /** Unique in the campaign: letters, digits, `-`, `_`; at most 64. */
  key: string;
  /** Share among the variants that are eligible, 0 to 10,000; default 1. 0 is never drawn. */
  weight: number;
  /** The variant is eligible only where these hold. */
  conditions?: Condition | undefined;
  offer: Offer;
}

/** Who sees which offer in which slot, and when. */
export interface Campaign {
  /** Letters, digits, `-`, `_`; at most 64; unique in the site; never changes. */
  id: string;
  /** For people, at most 200 characters. */
  name: string;
  /** Name of the place on the page, at most 64 characters. */
  slot: string;
  /** The highest that is eligible wins; equal ones by id. -1,000 to 1,000, default 0. */
  priority: number;
  /** Off campaigns are never shown. */
  enabled: boolean;
  /** ISO 8601; not before. */
  startsAt: string | null;
  /** ISO 8601; not from then on. */
  endsAt: string | null;
  /** Who: null is everybody. */
  conditions: Condition | null;
  /** 1 to 20. */
  variants: Variant[];
}

/** Body of `POST /v1/campaigns`: a {@link Campaign} with defaults for what is absent. */
export interface CampaignInput {
  id: string;
  name: string;
  slot: string;
  priority?: number | undefined;
  enabled?: boolean | undefined;
  startsAt?: string | null | undefined;
  endsAt?: string | null | undefined;
  conditions?: Condition | null | undefined;
  variants: VariantInput[];
}

/** A {@link Variant} whose weight may be absent. */
export interface VariantInput {
  key: string;
  weight?: number | undefined;
  conditions?: Condition | undefined;
  offer: Offer;
}

/** Body of `PATCH /v1/campaigns/{id}`: the fields to change. */
export interface CampaignPatch {
  name?: string | undefined;
  slot?: string | undefined;
  priority?: number | undefined;
  enabled?: boolean | undefined;
  startsAt?: string | null | undefined;
  endsAt?: string | null | undefined;
  conditions?: Condition | null | undefined;
  variants?: VariantInput[] | undefined;
}

/** Answer of `POST`, `GET` and `PATCH` of one campaign. */
export interface CampaignAnswer extends Campaign {
  /** After a change: seconds after which it is in force everywhere. */
  inForceWithin?: number | undefined;
}

/** Answer of `GET /v1/campaigns`: all of the site's, on or off, in the order in which they are tried. */
export interface CampaignsAnswer {
  campaigns: Campaign[];
}

/** How often, first and last. */
export interface Tally {
  count: number;
  /** ISO 8601. */
  first: string;
  /** ISO 8601. */
  last: string;
}

/** The two kinds of identifiers. */
export type IdentifierKind = 'user' | 'anon';

/** An identifier of a person. */
export interface IdentifierAnswer {
  kind: IdentifierKind;
  value: string;
  /** How it joined; null for the primary one, which the others joined. */
  link: 'claimed' | 'verified' | null;
}

/**
 * Answer of `GET /v1/profiles/{user|anon}/{id}`, under the secret key. `?fields=traits,orders` gives those
 * fields only. `?view=public` gives what a visitor's request that names this identifier would be decided on.
 */
export interface ProfileAnswer {
  /** The person: the same for every identifier of one person. */
  id: string;
  /** The primary one first. */
  identifiers: IdentifierAnswer[];
  traits: JsonObject;
  /** By event name; page views count under `page`. At most 200 names are kept, the least recent go first. */
  counters: { [event: string]: Tally };
  /** Product events by product category. At most 100 are kept. */
  categories: { [category: string]: Tally };
  /** The cart as it stands; `value` in `currency`; `updated` ISO 8601 or null. */
  cart: { currency: string | null; items: Product[]; value: number; updated: string | null };
  /** Counted once per `order_id`. `last` is ISO 8601 or null. */
  orders: { count: number; revenue: number; last: string | null };
  /** The most recent visit, or null. */
  session: { id: string; started: string; events: number } | null;
  /** ISO 8601; null where nothing was seen yet. */
  firstSeen: string | null;
  /** ISO 8601; null where nothing was seen yet. */
  lastSeen: string | null;
}

/** One stored event of a profile. */
export interface TimelineEvent {
  id: string;
  type: EventType;
  /** Event name of `track`; name of `page` and `screen`; else null. */
  event: string | null;
  /** ISO 8601, corrected for a wrong clock. */
  timestamp: string;
  /** ISO 8601. */
  receivedAt: string;
  /** The identifier it counts under. */
  identifier: { kind: 'user' | 'anon'; value: string };
  properties: JsonObject;
  context: JsonObject;
  /** What the worker found out about it; empty for events of earlier releases. */
  enriched: Enriched;
}

/** Answer of `GET /v1/profiles/{user|anon}/{id}/timeline`. Newest first. */
export interface TimelineAnswer {
  events: TimelineEvent[];
  /** Ask again with `?before=` this for the next page; null at the end. */
  next: string | null;
}

/** Body of `PATCH /v1/profiles/{user|anon}/{id}/traits`. */
export interface TraitsRequest {
  /** Traits to set, each at most 2 KB of JSON; `null` as a value removes one. They are verified. */
  traits: JsonObject;
}

/** Answer of `PATCH /v1/profiles/{user|anon}/{id}/traits`: the traits as they are now. */
export interface TraitsAnswer {
  traits: JsonObject;
}

/** Body of `POST /v1/profiles/{user|anon}/{id}/merge`: who joins the person of the path. */
export interface MergeRequest {
  kind: IdentifierKind;
  id: string | number;
  /** For people: why. At most 500 characters. */
  reason?: string | undefined;
}

/** Body of `POST /v1/profiles/{user|anon}/{id}/split`: the identifier of the path leaves, with all that joined it. */
export interface SplitRequest {
  /** For people: why. At most 500 characters. */
  reason?: string | undefined;
}

/** Answer of `POST …/merge` and `POST …/split`. */
export interface ChangeAnswer {
  /** `done`; `unchanged`, where it was so before; `pending`: it is written down, and finishes by itself. */
  status: 'done' | 'unchanged' | 'pending';
  /** The person of the path's identifier, as it is now. */
  id: string;
}

/** One identifier in the graph of a person. */
export interface IdentityNode extends IdentifierAnswer {
  /** The identifier that it joined; null for the primary one. */
  joined: { kind: IdentifierKind; value: string } | null;
  /** ISO 8601: when it joined, or was first seen. */
  since: string;
  /** Id of the event that linked it; null where it was no event. */
  event: string | null;
  /** What the private API gave as reason; empty where there was none. */
  reason: string;
}

/** An identifier of the Segment context's `externalIds`: kept with the profile, it names and links nobody. */
export interface ExternalId {
  /** Such as `email` or `phone`. At most 10 of each type (settings), 10 types, and 100 of all. */
  type: string;
  id: string;
  /** Whether a right signature or a secret key vouched for it. */
  verified: boolean;
  /** ISO 8601. */
  since: string;
}

/** One change of a person's identity. */
export interface IdentityChange {
  change: 'link' | 'merge' | 'split';
  /** ISO 8601. */
  at: string;
  /** Who joined or left. */
  identifier: { kind: IdentifierKind; value: string };
  /** Who was joined or left. */
  with: { kind: IdentifierKind; value: string };
  link: 'claimed' | 'verified';
  /** Id of the event that did it; null where the private API did. */
  event: string | null;
  reason: string;
}

/** Answer of `GET /v1/profiles/{user|anon}/{id}/identity`. */
export interface IdentityAnswer {
  /** The person: the same for every identifier of one person. */
  id: string;
  /** The primary one first, then as they joined. */
  identifiers: IdentityNode[];
  externalIds: ExternalId[];
  /** Newest first, at most 200. */
  history: IdentityChange[];
}

/** Answer of `POST /v1/profiles/{user|anon}/{id}/erase` and of `GET /v1/erasures/{id}`. */
export interface ErasureReceipt {
  id: string;
  /** `pending` until every store has answered; once more where an identifier was just joining the person. */
  status: 'pending' | 'done';
  /** ISO 8601. */
  requestedAt: string;
  /** ISO 8601, or null while pending. */
  completedAt: string | null;
  /** By store: how far it is, and how many rows, objects or lines it has erased, or a few more. */
  stores: { [store: string]: { status: 'pending' | 'done'; erased: number } };
}

/** Answer of `POST /v1/profiles/{user|anon}/{id}/export`: all that is kept of a person. */
export interface ExportAnswer {
  /** ISO 8601. */
  exportedAt: string;
  profile: ProfileAnswer;
  identity: IdentityAnswer;
  /** By store: what it keeps, beyond the profile. */
  stores: { [store: string]: Json[] };
}

/** What a site may set. Body of `PATCH /v1/settings`, fields that are absent stay. */
export interface SettingsPatch {
  /** Days for which a profile keeps whole events, 1 to 90; default 90. */
  timelineDays?: number | undefined;
  /** Whole events that a profile keeps, 100 to 10,000; default 2,000. Older ones stay counted. */
  timelineEvents?: number | undefined;
  /** Anonymous ids of one person, 1 to 10,000; default 1,000. */
  maxAnonymousIds?: number | undefined;
  /** External ids of each type of one person, 0 to 100; default 10. At most 100 of all types are kept. */
  maxExternalIds?: number | undefined;
  /** More values that name nobody, beside the ones built in; at most 100 of at most 255 characters, in any case. */
  placeholders?: string[] | undefined;
  /** Names for parts of the site, at most 100; the first that a page is in counts. */
  pageGroups?: PageGroup[] | undefined;
  /** What marks the site's own people and tests, at most 100; the first that holds counts. */
  trafficRules?: TrafficRule[] | undefined;
  /** Events with a higher score are rejected, 0 to 99; default null: none is. Those that declare themselves have 100. */
  rejectAbove?: number | null | undefined;
}

/** Part of a site. */
export interface PageGroup {
  /** 1 to 100 characters. */
  name: string;
  /**
   * Patterns of a path (`/p/*`) or of host and path (`blog.shop.example/*`), 1 to 20 of at most 200 characters; `*`
   * stands for any characters. The query is not looked at. Upper and lower case differ.
   */
  urls: string[];
}

/** What marks an event as the site's own or as a test. */
export interface TrafficRule {
  as: 'internal' | 'test';
  by: 'address' | 'cookie' | 'parameter';
  /**
   * Of an address: one, or a range such as `203.0.113.0/24` or `2001:db8::/32`. Of a cookie of the request, or of a
   * parameter of the page's URL: its name, or `name=value`. At most 200 characters.
   */
  value: string;
}

/** Answer of `GET` and `PATCH /v1/settings`. */
export interface SettingsAnswer {
  timelineDays: number;
  timelineEvents: number;
  maxAnonymousIds: number;
  maxExternalIds: number;
  placeholders: string[];
  pageGroups: PageGroup[];
  trafficRules: TrafficRule[];
  rejectAbove: number | null;
  /** After a change: seconds after which it is in force everywhere. */
  inForceWithin?: number | undefined;
}

/** Answer of `GET /v1/identity-secrets` and of `DELETE` of one: when those that are valid were made. */
export interface IdentitySecretsAnswer {
  /** `createdAt` is ISO 8601. */
  newest: { createdAt: string };
  /** The one before, while it is valid; else null. `createdAt` is ISO 8601. */
  previous: { createdAt: string } | null;
  /** After a change: seconds after which what was dropped counts nowhere. What is new counts within 5. */
  inForceWithin?: number | undefined;
}

/** Answer of `POST /v1/identity-secrets`. */
export interface IdentitySecretAnswer extends IdentitySecretsAnswer {
  /** The new identity secret. Shown this once. */
  secret: string;
}

/** Which of the quarantined events are meant. What is absent does not matter; what is there must all hold. */
export interface QuarantineFilter {
  code?: string | undefined;
  /** Name of the client that sent it, as in `context.library.name`. */
  library?: string | undefined;
  /** Which of the six calls. */
  type?: string | undefined;
  /** Name of the event or the page, to the letter. */
  event?: string | undefined;
  /** Received at this time or later. ISO 8601. */
  from?: string | undefined;
  /** Received before this time. ISO 8601. */
  to?: string | undefined;
  /** The event names this user, in its `userId`, its `previousId`, or in a field of such a name deep inside. */
  userId?: string | undefined;
  /** The event names this anonymous id, likewise. */
  anonymousId?: string | undefined;
  /** Stands, in any case, in the code, the message, the path, the library, the name, or anywhere in the original. At most 200 characters. */
  text?: string | undefined;
}

/** A refused event, without what it held. */
export interface QuarantinedEvent {
  id: string;
  /** ISO 8601. */
  receivedAt: string;
  /** When it goes by itself: 30 days after it came. ISO 8601. */
  expiresAt: string;
  /** Why it was refused: a code of a {@link Rejection}. */
  code: string;
  /** Path of the field at fault; empty for the event itself. */
  path: string;
  /** What was wrong and how to mend it. */
  message: string;
  /** Name of the client that sent it, or empty. */
  library: string;
  /** Which call it says that it is, or empty. */
  type: string;
  /** Name of the event or the page, or empty. */
  event: string;
  /** Bytes that are kept of it: the original, the batch's context, and what the request's headers said; 0 where it is not kept. */
  size: number;
  /** Why the original is not kept; empty where it is. */
  withheld: '' | 'too_large' | 'no_consent' | 'too_many_ids';
}

/** Answer of `GET /v1/quarantine`. */
export interface QuarantineAnswer {
  /** Newest first. With `text` a page may have fewer than asked for, or none, and still a `next`. */
  events: QuarantinedEvent[];
  /** What to ask the next page with, as `before`; null at the end. */
  next: string | null;
  /** Since midnight UTC: how many events were refused, and how many of them are kept here, of 10,000 and 32 MB a day. */
  today: { refused: number; kept: number };
}

/** Answer of `GET /v1/quarantine/{id}`. */
export interface QuarantinedAnswer extends QuarantinedEvent {
  /** The event as it came, without addresses and keys; null where it is not kept. */
  original: Json;
  /** What came with the whole batch, or null. */
  context: JsonObject | null;
  /** When the batch was sent, by the client's clock, or null. */
  sentAt: string | null;
}

/** Body of `POST /v1/quarantine/discard`: either `ids` or `filter`. */
export interface DiscardRequest {
  /** At most 1,000. */
  ids?: string[] | undefined;
  /** Those that it fits, oldest first, 1,000 at a time; `{}` fits everything. */
  filter?: QuarantineFilter | undefined;
  /** With `filter`: the `next` of the answer before. */
  after?: string | undefined;
}

/** Answer of `POST /v1/quarantine/discard`. */
export interface DiscardAnswer {
  discarded: number;
  /** With `filter`: what to go on with, as `after`; null at the end. */
  next: string | null;
}

/** One step of a JSON Patch (RFC 6902). */
export interface PatchStep {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  /** JSON Pointer (RFC 6901), such as `/properties/price`. */
  path: string;
  /** `move` and `copy`: JSON Pointer of what is taken. */
  from?: string | undefined;
  /** `add`, `replace` and `test`. */
  value?: Json | undefined;
}

/** Body of `POST /v1/quarantine/replay`: either `ids` or `filter`. */
export interface ReplayRequest {
  /** At most 100. Taken in the order in which they came. */
  ids?: string[] | undefined;
  /** Those that it fits, oldest first, 100 at a time. */
  filter?: QuarantineFilter | undefined;
  /** With `filter`: the `next` of the answer before. */
  after?: string | undefined;
  /** Mends each event first: a JSON Patch (RFC 6902) of at most 50 steps, or an object to merge into it (RFC 7396, `null` removes). */
  patch?: PatchStep[] | JsonObject | undefined;
  /** Stands for the original. With one id only, and without `patch`. */
  event?: JsonObject | undefined;
  /** Only tells what would come of the events' shape: nothing is stored, and all of them stay. */
  dryRun?: boolean | undefined;
}

/** What came of one event that was replayed. */
export interface ReplayResult {
  id: string;
  /**
   * `accepted`: stored. `duplicate`: it was stored before. `dropped`: its person was erased, or consent is `none`.
   * These three leave the quarantine. `rejected`: refused again, it stays. `withheld`: the original is not kept.
   * `gone`: no such event. `valid`: a dry run found nothing wrong.
   */
  outcome: 'accepted' | 'duplicate' | 'dropped' | 'rejected' | 'withheld' | 'gone' | 'valid';
  /** Why it was refused again; else empty. */
  code: RejectionCode | 'patch_failed' | '';
  path: string;
  message: string;
  /** Notices, as for a batch. */
  notices: NoticeCode[];
}

/** Answer of `POST /v1/quarantine/replay`. */
export interface ReplayAnswer {
  results: ReplayResult[];
  /** With `filter`: what to go on with, as `after`; null at the end. */
  next: string | null;
}

/** What a key may do: see the keys in the reference. */
export type KeyScope = 'events' | 'read' | 'profiles' | 'campaigns' | 'admin';

/** Body of `POST /v1/sites`. */
export interface SiteInput {
  /** 1 to 64 small letters, digits or `-`; never changes. */
  id: string;
  /** For people, at most 200 characters. */
  name: string;
  /** Whose pages may use the write key; at most 100. See `PATCH /v1/sites/:site`. */
  origins: string[];
}

/** Body of `PATCH /v1/sites/{site}`: the fields to change. */
export interface SitePatch {
  /** For people, at most 200 characters. */
  name?: string | undefined;
  /** All of them, at most 100: what is not among them is allowed no more. */
  origins?: string[] | undefined;
}

/** Answer of `GET` and `PATCH` of one site. */
export interface SiteAnswer {
  id: string;
  name: string;
  origins: string[];
  /** ISO 8601. */
  createdAt: string;
  /** After a change: seconds after which it is in force everywhere. */
  inForceWithin?: number | undefined;
}

/** Answer of `POST /v1/sites`: the site, and what is shown this once. */
export interface NewSiteAnswer extends SiteAnswer {
  /** For the page. */
  writeKey: string;
  /** For servers and the console. It has every scope. */
  secretKey: string;
  /** What the site's servers sign user ids with. */
  identitySecret: string;
}

/** Answer of `GET /v1/sites`: all of the worker's, by id. */
export interface SitesAnswer {
  sites: SiteAnswer[];
}

/** Body of `POST /v1/sites/{site}/keys`. */
export interface KeyInput {
  kind: 'write' | 'secret';
  /** For people, at most 100 characters; default empty. */
  name?: string | undefined;
  /** Of a secret key: what it may do, at least one; default all that the asking key has. */
  scopes?: KeyScope[] | undefined;
  /** ISO 8601: it opens nothing from then on; null for never. Default the end of the asking key, which may not be outlived. */
  expiresAt?: string | null | undefined;
}

/** A key, but for the key itself. */
export interface KeyAnswer {
  /** The first 16 hex digits of SHA-256 of `key`, a zero byte and the key itself. */
  id: string;
  kind: 'write' | 'secret';
  name: string;
  /** What a secret key may do; empty for a write key. */
  scopes: KeyScope[];
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601: it opens nothing from then on; null where it has no end. */
  expiresAt: string | null;
  /** It is the key that asks. */
  current: boolean;
}

/** Answer of `GET /v1/sites/{site}/keys`: oldest first. */
export interface KeysAnswer {
  keys: KeyAnswer[];
}

/** Body of `POST /v1/sites/{site}/keys/{id}/rotate`. */
export interface KeyRotation {
  /** Seconds for which the old key still counts, 0 to 7,776,000 (90 days); default 604,800 (7 days). */
  overlap?: number | undefined;
}

/** Answer of `POST …/keys` and of `POST …/keys/{id}/rotate`: the new key. */
export interface NewKeyAnswer extends KeyAnswer {
  /** The key itself. Shown this once. */
  key: string;
}

/** Answer of `DELETE /v1/sites/{site}/keys/{id}`. */
export interface KeyRevokedAnswer {
  id: string;
  /** Seconds after which it opens nothing anywhere, unless the database is away: see Keys in the reference. */
  inForceWithin: number;
}

/** One call of a private route. */
export interface LoggedCall {
  /** ISO 8601. */
  at: string;
  /** Id of the key, or `operator`. */
  key: string;
  method: string;
  /** Of the route, with the names of its parameters instead of their values. */
  path: string;
  /** Id of the campaign, key or receipt that it was about, else empty; never an identifier of a person. */
  target: string;
  /** HTTP status of the answer. */
  status: number;
  /** Code of the error, else empty. */
  code: string;
}

/** Calls of a key on a day that were too many to have lines of their own. */
export interface UnloggedCalls {
  /** UTC, as `2026-11-22`. */
  day: string;
  /** Id of the key. */
  key: string;
  count: number;
}

/** Answer of `GET /v1/sites/{site}/log` and `GET /v1/log`. Newest first. */
export interface LogAnswer {
  calls: LoggedCall[];
  /** Ask again with `?before=` this for the next page; null at the end. */
  next: string | null;
  /** Of the days of this page. Newest first. */
  unlogged: UnloggedCalls[];
}

/** Every error of a whole request: RFC 9457, `application/problem+json`. */
export interface Problem {
  /** Always `about:blank`. */
  type: string;
  title: string;
  status: number;
  /** A word that stays the same between releases. */
  code: string;
  /** What was wrong and how to mend it. */
  detail: string;
  /** Counts so far, on a 503 that a retry mends. */
  accepted?: number | undefined;
  duplicates?: number | undefined;
  /** Where a profile is asked for whose person was erased: the id of the erasure, for `GET /v1/erasures/{id}`. */
  erasure?: string | undefined;
  /** With it: events of this identifier that came afterwards and were dropped; one that is sent again counts again. */
  eventsDropped?: number | undefined;
}
