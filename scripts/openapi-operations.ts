/** What the OpenAPI document says of each route beyond who may call it, which is in `access.ts`. */
import type { RouteName } from '../worker/src/access.ts';

export interface Operation {
  /** What it does, in a sentence without a full stop. */
  summary: string;
  /** Name of the body's type in `wire.ts`. */
  body?: string;
  /** Largest body. KB. */
  limit?: number;
  /** Name of the answer's type in `wire.ts`, or a media type of what is no JSON. */
  answer?: string;
  /** The answer may have some of the fields only. */
  isPartial?: boolean;
  /** It answers 304 where `If-None-Match` names what there is. */
  hasEtag?: boolean;
  /** Status of the answer; 200 by itself. */
  status?: number;
  /** Parameters of the query: name and what it says. */
  query?: Readonly<Record<string, string>>;
  /** Codes of errors, but for those that its kind of key and its body bring. */
  errors?: readonly string[];
}

const BATCH: Operation = {
  summary: 'Takes events',
  body: 'BatchRequest',
  limit: 500,
  answer: 'BatchAnswer',
  errors: ['batch_missing', 'too_many_events', 'profile_unavailable'],
};

/** What a call lacks that is whole otherwise, by its type. */
const LACKS: Readonly<Record<string, readonly string[]>> = {
  track: ['event_missing'],
  group: ['group_id_missing'],
  alias: ['previous_id_missing'],
};

const single = (type: string): Operation => ({
  summary: `Takes one event: ${type}`,
  body: 'IncomingEvent',
  limit: 500,
  answer: 'BatchAnswer',
  errors: [
    'id_missing',
    'id_too_long',
    ...(LACKS[type] ?? []),
    'event_too_large',
    'too_deep',
    'traffic_refused',
    'profile_unavailable',
  ],
});

const PAGE = {
  limit: 'How many at the most, 1 to 200; 50 by itself',
  before: 'The `next` of the page before',
};
const CAMPAIGN = ['campaign_not_found'];
const PERSON = ['profile_unknown', 'invalid_field'];

const LOG = {
  summary: 'Who called which private route when',
  answer: 'LogAnswer',
  query: PAGE,
  errors: ['invalid_field'],
};

/** Every route. One that is missing here does not compile. */
export const OPERATIONS: Record<RouteName, Operation> = {
  'GET /healthz': { summary: 'Tells that the worker runs', answer: 'application/json' },
  'GET /openapi.json': { summary: 'This document', answer: 'application/json' },
  'GET /c.js': { summary: 'The SDK for the script tag', answer: 'text/javascript', hasEtag: true },
  'GET /c/:name{[a-z]+\\.js}': {
    summary: 'A further part of the SDK',
    answer: 'text/javascript',
    hasEtag: true,
  },
  'GET /c/:hash{[0-9a-f]{16}\\.js}': {
    summary: 'One build of the SDK, or a further part of it',
    answer: 'text/javascript',
    hasEtag: true,
    errors: ['build_unknown', 'no_such_route'],
  },
  'GET /console': { summary: 'The console, which asks for a secret key', answer: 'text/html' },

  'POST /v1/batch': BATCH,
  'POST /v1/b': BATCH,
  'POST /v1/import': BATCH,
  'POST /beacon/v1/batch': BATCH,
  'POST /v1/identify': single('identify'),
  'POST /v1/i': single('identify'),
  'POST /v1/track': single('track'),
  'POST /v1/t': single('track'),
  'POST /v1/page': single('page'),
  'POST /v1/p': single('page'),
  'POST /v1/screen': single('screen'),
  'POST /v1/s': single('screen'),
  'POST /v1/group': single('group'),
  'POST /v1/g': single('group'),
  'POST /v1/alias': single('alias'),
  'POST /v1/a': single('alias'),
  'GET /v1/pixel/:type': {
    summary: 'Takes one event in the URL; always answers a picture',
    answer: 'image/gif',
    query: { data: 'The event: base64 of JSON', writeKey: 'The write key, if it is not in `data`' },
  },
  'GET /v1/projects/:writeKey/settings': {
    summary: "What Segment's browser SDK asks for first",
    answer: 'application/json',
  },
  'GET /sourceConfig': {
    summary: "What RudderStack's browser SDK asks for first",
    answer: 'application/json',
    query: { writeKey: 'The write key, if it is in no header' },
  },
  'POST /v1/decide': {
    summary: 'What to show in which slot',
    body: 'DecideRequest',
    limit: 64,
    answer: 'DecideAnswer',
    errors: ['id_missing', 'id_too_long', 'secret_key_needed'],
  },

  'GET /v1/profiles/:kind/:id': {
    summary: 'The person of an identifier',
    answer: 'ProfileAnswer',
    isPartial: true,
    query: {
      fields: 'Names of the fields that are wanted, with commas',
      view: '`public`: what a visitor of this identifier would be decided on',
    },
    errors: PERSON,
  },
  'GET /v1/profiles/:kind/:id/timeline': {
    summary: "The person's events, newest first",
    answer: 'TimelineAnswer',
    query: PAGE,
    errors: PERSON,
  },
  'GET /v1/profiles/:kind/:id/identity': {
    summary: "The graph of the person's identifiers, and its history",
    answer: 'IdentityAnswer',
    errors: PERSON,
  },
  'PATCH /v1/profiles/:kind/:id/traits': {
    summary: 'Sets traits',
    body: 'TraitsRequest',
    limit: 32,
    answer: 'TraitsAnswer',
    errors: [...PERSON, 'event_too_large', 'too_deep', 'profile_unavailable'],
  },
  'POST /v1/profiles/:kind/:id/merge': {
    summary: 'Joins another person to this one',
    body: 'MergeRequest',
    limit: 512,
    answer: 'ChangeAnswer',
    errors: [...PERSON, 'identity_busy', 'identifier_owned', 'identifier_limit'],
  },
  'POST /v1/profiles/:kind/:id/split': {
    summary: 'Lets an identifier leave with all that it brought',
    body: 'SplitRequest',
    limit: 512,
    answer: 'ChangeAnswer',
    errors: [...PERSON, 'identity_busy', 'identifier_primary'],
  },
  'POST /v1/profiles/:kind/:id/export': {
    summary: 'All that is kept of the person',
    answer: 'ExportAnswer',
    errors: PERSON,
  },
  'POST /v1/profiles/:kind/:id/erase': {
    summary: 'Erases the person; 202 until every store has answered',
    answer: 'ErasureReceipt',
    errors: [...PERSON, 'changed_meanwhile'],
  },
  'GET /v1/erasures/:id': {
    summary: 'How far an erasure is',
    answer: 'ErasureReceipt',
    errors: ['erasure_not_found'],
  },

  'POST /v1/campaigns': {
    summary: 'Makes a campaign',
    body: 'CampaignInput',
    limit: 64,
    answer: 'CampaignAnswer',
    status: 201,
    errors: ['campaign_exists', 'campaigns_full'],
  },
  'GET /v1/campaigns': { summary: 'All campaigns of the site', answer: 'CampaignsAnswer' },
  'GET /v1/campaigns/:id': { summary: 'A campaign', answer: 'CampaignAnswer', errors: CAMPAIGN },
  'PATCH /v1/campaigns/:id': {
    summary: 'Changes a campaign',
    body: 'CampaignPatch',
    limit: 64,
    answer: 'CampaignAnswer',
    errors: [...CAMPAIGN, 'changed_meanwhile'],
  },

  'GET /v1/quarantine': {
    summary: 'Refused events, newest first',
    answer: 'QuarantineAnswer',
    query: {
      ...PAGE,
      code: 'Why they were refused',
      library: 'Name of the client that sent them',
      type: 'Which of the six calls',
      event: 'Name of the event or the page',
      from: 'Received at this time or later, ISO 8601',
      to: 'Received before this time',
      userId: 'They name this user',
      anonymousId: 'They name this anonymous id',
      text: 'Stands anywhere in them',
    },
    errors: ['invalid_field'],
  },
  'GET /v1/quarantine/:id': {
    summary: 'A refused event with its original',
    answer: 'QuarantinedAnswer',
    errors: ['event_not_found'],
  },
  'DELETE /v1/quarantine/:id': {
    summary: 'Discards a refused event',
    status: 204,
    errors: ['event_not_found'],
  },
  'POST /v1/quarantine/discard': {
    summary: 'Discards refused events',
    body: 'DiscardRequest',
    limit: 160,
    answer: 'DiscardAnswer',
  },
  'POST /v1/quarantine/replay': {
    summary: 'Mends refused events and sends them through the door once more',
    body: 'ReplayRequest',
    limit: 160,
    answer: 'ReplayAnswer',
    errors: ['profile_unavailable'],
  },

  'GET /v1/settings': { summary: "The site's settings", answer: 'SettingsAnswer' },
  'PATCH /v1/settings': {
    summary: 'Changes settings',
    body: 'SettingsPatch',
    limit: 512,
    answer: 'SettingsAnswer',
  },
  'GET /v1/identity-secrets': {
    summary: 'When the valid identity secrets were made',
    answer: 'IdentitySecretsAnswer',
  },
  'POST /v1/identity-secrets': {
    summary: 'Makes an identity secret, shown this once',
    answer: 'IdentitySecretAnswer',
    status: 201,
  },
  'DELETE /v1/identity-secrets/previous': {
    summary: 'Ends the identity secret before the newest',
    answer: 'IdentitySecretsAnswer',
  },
  'DELETE /v1/identity-secrets/newest': {
    summary: 'Takes back the newest identity secret',
    answer: 'IdentitySecretsAnswer',
    errors: ['identity_secret_only_one'],
  },

  'GET /v1/console/recent': { summary: 'The newest 50 events', answer: 'RecentAnswer' },
  'GET /v1/console/today': { summary: 'Numbers since midnight UTC', answer: 'TodayAnswer' },

  'POST /v1/sites': {
    summary: 'Makes a site with its keys, shown this once',
    body: 'SiteInput',
    limit: 64,
    answer: 'NewSiteAnswer',
    status: 201,
    errors: ['site_exists'],
  },
  'GET /v1/sites': { summary: 'All sites of the worker', answer: 'SitesAnswer' },
  'GET /v1/sites/:site': { summary: "A site's name and allowed origins", answer: 'SiteAnswer' },
  'PATCH /v1/sites/:site': {
    summary: 'Changes name or allowed origins',
    body: 'SitePatch',
    limit: 64,
    answer: 'SiteAnswer',
  },
  'GET /v1/sites/:site/keys': { summary: "The site's keys, not shown", answer: 'KeysAnswer' },
  'POST /v1/sites/:site/keys': {
    summary: 'Makes a key, shown this once',
    body: 'KeyInput',
    limit: 4,
    answer: 'NewKeyAnswer',
    status: 201,
    errors: ['keys_full', 'key_ends_first'],
  },
  'POST /v1/sites/:site/keys/:id/rotate': {
    summary: 'Makes a key in the place of another, which counts for a while',
    body: 'KeyRotation',
    limit: 4,
    answer: 'NewKeyAnswer',
    status: 201,
    errors: ['keys_full', 'key_ends_first', 'key_not_found'],
  },
  'DELETE /v1/sites/:site/keys/:id': {
    summary: 'Revokes a key',
    answer: 'KeyRevokedAnswer',
    errors: ['key_not_found', 'key_in_use'],
  },
  'GET /v1/sites/:site/log': LOG,
  'GET /v1/log': { ...LOG, summary: `${LOG.summary}: calls about no one site` },
};
