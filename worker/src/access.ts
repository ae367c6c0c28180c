import type { Scope } from './site/scopes.ts';

/**
 * Who may call a route. `anybody`: it tells nothing of a site or a person. `sender`: a write key from an allowed origin,
 * or a secret key with the scope `events`; the route itself looks for the key, which may stand in its body or its path.
 * `operator`: the operator key only. Scopes: a secret key that has one of them; and where the path names a site, that
 * site's, or the operator key. `all`: a secret key that has all of these scopes.
 */
export type Access =
  | 'anybody'
  | 'sender'
  | 'operator'
  | readonly Scope[]
  | { readonly all: readonly Scope[] };

const READ_PERSON = ['read', 'profiles'] as const;
const READ_CAMPAIGNS = ['read', 'campaigns'] as const;
/** Whoever may choose refused events by their text, or test what is in them, reads them, answer by answer. */
const MEND = { all: ['events', 'read'] } as const;

/**
 * Every route of the app. `guard.ts` lets nobody through to one that is missing here, and a test walks through all of
 * them with every kind of key.
 */
export const ACCESS = {
  'GET /healthz': 'anybody',
  'GET /openapi.json': 'anybody',
  'GET /c.js': 'anybody',
  'GET /c/:name{[a-z]+\\.js}': 'anybody',
  'GET /c/:hash{[0-9a-f]{16}\\.js}': 'anybody',
  'GET /console': 'anybody',

  'POST /v1/batch': 'sender',
  'POST /v1/b': 'sender',
  'POST /v1/import': 'sender',
  'POST /beacon/v1/batch': 'sender',
  'POST /v1/identify': 'sender',
  'POST /v1/i': 'sender',
  'POST /v1/track': 'sender',
  'POST /v1/t': 'sender',
  'POST /v1/page': 'sender',
  'POST /v1/p': 'sender',
  'POST /v1/screen': 'sender',
  'POST /v1/s': 'sender',
  'POST /v1/group': 'sender',
  'POST /v1/g': 'sender',
  'POST /v1/alias': 'sender',
  'POST /v1/a': 'sender',
  'GET /v1/pixel/:type': 'sender',
  'GET /v1/projects/:writeKey/settings': 'sender',
  'GET /sourceConfig': 'sender',
  'POST /v1/decide': 'sender',

  'GET /v1/profiles/:kind/:id': READ_PERSON,
  'GET /v1/profiles/:kind/:id/timeline': READ_PERSON,
  'GET /v1/profiles/:kind/:id/identity': READ_PERSON,
  'PATCH /v1/profiles/:kind/:id/traits': ['profiles'],
  'POST /v1/profiles/:kind/:id/merge': ['profiles'],
  'POST /v1/profiles/:kind/:id/split': ['profiles'],
  'POST /v1/profiles/:kind/:id/export': ['profiles'],
  'POST /v1/profiles/:kind/:id/erase': ['profiles'],
  'GET /v1/erasures/:id': READ_PERSON,

  'POST /v1/campaigns': ['campaigns'],
  'GET /v1/campaigns': READ_CAMPAIGNS,
  'GET /v1/campaigns/:id': READ_CAMPAIGNS,
  'PATCH /v1/campaigns/:id': ['campaigns'],

  'GET /v1/quarantine': ['read'],
  'GET /v1/quarantine/:id': ['read'],
  'DELETE /v1/quarantine/:id': MEND,
  'POST /v1/quarantine/discard': MEND,
  'POST /v1/quarantine/replay': MEND,

  'GET /v1/settings': ['read', 'admin'],
  'PATCH /v1/settings': ['admin'],
  'GET /v1/identity-secrets': ['admin'],
  'POST /v1/identity-secrets': ['admin'],
  'DELETE /v1/identity-secrets/previous': ['admin'],
  'DELETE /v1/identity-secrets/newest': ['admin'],

  'GET /v1/console/recent': ['read'],
  'GET /v1/console/today': ['read'],

  'POST /v1/sites': 'operator',
  'GET /v1/sites': 'operator',
  'GET /v1/sites/:site': ['read', 'admin'],
  'PATCH /v1/sites/:site': ['admin'],
  'GET /v1/sites/:site/keys': ['admin'],
  'POST /v1/sites/:site/keys': ['admin'],
  'POST /v1/sites/:site/keys/:id/rotate': ['admin'],
  'DELETE /v1/sites/:site/keys/:id': ['admin'],
  'GET /v1/sites/:site/log': ['admin'],
  'GET /v1/log': 'operator',
} as const satisfies Record<string, Access>;

/** A route as the app has it: method and path. */
export type RouteName = keyof typeof ACCESS;

/** Who may call a route; undefined for one that is not listed. */
export const accessOf = (route: string): Access | undefined =>
  Object.hasOwn(ACCESS, route) ? ACCESS[route as RouteName] : undefined;
