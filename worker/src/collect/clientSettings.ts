import { type Context, Hono } from 'hono';
import type { JsonObject } from '../contract/wire.ts';
import { authenticate, keyUnknown } from '../site/authenticate.ts';

type Ctx = Context<{ Bindings: Env }>;

/** A page asks at each load, and nothing here changes but whether the key is still good. */
const HEADERS = { 'cache-control': 'public, max-age=300' };

/** Answers `settings` where the key is a good write key. Throws 401 for a secret key, too: this is public. */
async function answer(c: Ctx, key: string | undefined, settings: JsonObject): Promise<Response> {
  const { kind } = await authenticate(c.env, c.req.raw, key, Date.now());
  if (kind === 'secret') throw keyUnknown();
  return c.json(settings, 200, HEADERS);
}

/**
 * What browser SDKs of others ask for before they send anything, so that they can be pointed at this worker as they
 * are. Who may ask: a write key. It tells of no site and of no person: where to send, and that there is nothing else
 * to load.
 */
export const clientSettingsRoute = new Hono<{ Bindings: Env }>();

/** Segment's: `cdnURL` of `@segment/analytics-next` leads here. */
clientSettingsRoute.get('/v1/projects/:writeKey/settings', (c) => {
  const { host, protocol } = new URL(c.req.url);
  const apiKey = c.req.param('writeKey');
  return answer(c, apiKey, {
    integrations: {
      'Segment.io': {
        apiKey,
        // The SDK puts `protocol` before it and `/t` and its like behind it.
        apiHost: `${host}/v1`,
        protocol: protocol.slice(0, -1),
        addBundledMetadata: true,
        unbundledIntegrations: [],
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    // Every event goes out: filtering at the client is what a tracking plan would do.
    plan: { track: { __default: { enabled: true, integrations: {} } } },
    edgeFunction: {},
    enabledMiddleware: {},
    middlewareSettings: {},
    remotePlugins: [],
    legacyVideoPluginsEnabled: false,
    analyticsNextEnabled: true,
    // Else it would report on itself to Segment.
    metrics: { sampleRate: 0 },
  });
});

/** RudderStack's: `configUrl` of its browser SDK leads here. */
clientSettingsRoute.get('/sourceConfig', (c) => {
  const off = { enabled: false };
  return answer(c, undefined, {
    source: {
      id: 'cresset',
      name: 'Cresset',
      workspaceId: 'cresset',
      enabled: true,
      // Else it would report on itself to RudderStack.
      config: { statsCollection: { errors: off, metrics: off } },
      destinations: [],
    },
  });
});
