import { Hono } from 'hono';
import { campaignsRoute } from './admin/campaigns.ts';
import { identitySecretsRoute } from './admin/identitySecrets.ts';
import { keysRoute } from './admin/keys.ts';
import { logRoute } from './admin/log.ts';
import { settingsRoute } from './admin/settings.ts';
import { sitesRoute } from './admin/sites.ts';
import { clientSettingsRoute } from './collect/clientSettings.ts';
import { pixelRoute } from './collect/pixel.ts';
import { collectRoute } from './collect/route.ts';
import { traitsRoute } from './collect/traits.ts';
import { consoleRoute } from './console/route.tsx';
import { cors, withCors } from './cors.ts';
import { decideRoute } from './decide/route.ts';
import { erasureRoute } from './erasure/route.ts';
import { errorResponse, ProblemError, problemResponse } from './errors.ts';
import { guard, type PrivateEnv } from './guard.ts';
import { openapiRoute } from './openapi/route.ts';
import { profilesRoute } from './profile/route.ts';
import { quarantineRoute } from './quarantine/route.ts';
import { scriptRoute } from './site/script.ts';

/** The routes. `access.ts` says who may call which; `front.ts` answers the two busiest itself. */
export const app = new Hono<PrivateEnv>({
  // Some clients end their paths with a slash, `/v1/import/` and `/sourceConfig/` among them.
  strict: false,
});

app.use(cors);
app.use(guard);
app.get('/healthz', (c) => c.json({ ok: true }));
app.route('/', openapiRoute);
app.route('/', scriptRoute);
app.route('/', collectRoute);
app.route('/', pixelRoute);
app.route('/', clientSettingsRoute);
app.route('/', decideRoute);
app.route('/', profilesRoute);
app.route('/', traitsRoute);
app.route('/', erasureRoute);
app.route('/', campaignsRoute);
app.route('/', settingsRoute);
app.route('/', identitySecretsRoute);
app.route('/', quarantineRoute);
app.route('/', sitesRoute);
app.route('/', keysRoute);
app.route('/', logRoute);
app.route('/', consoleRoute);

// With CORS: a page that has mistyped a path may read so.
app.notFound((c) =>
  withCors(
    problemResponse(
      new ProblemError(
        404,
        'no_such_route',
        `There is no ${c.req.method} ${c.req.path}. See docs/reference/http.md.`,
      ),
    ),
  ),
);
app.onError(errorResponse);
