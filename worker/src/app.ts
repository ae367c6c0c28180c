import { Hono } from 'hono';
import { campaignsRoute } from './admin/campaigns.ts';
import { collectRoute } from './collect/route.ts';
import { consoleRoute } from './console/route.tsx';
import { cors } from './cors.ts';
import { decideRoute } from './decide/route.ts';
import { ProblemError, problemResponse } from './errors.ts';
import { profilesRoute } from './profile/route.ts';
import { scriptRoute } from './site/script.ts';

/** The routes. Each file says who may call what it mounts. */
export const app = new Hono<{ Bindings: Env }>();

app.use(cors);
app.get('/healthz', (c) => c.json({ ok: true }));
app.route('/', scriptRoute);
app.route('/', collectRoute);
app.route('/', decideRoute);
app.route('/', profilesRoute);
app.route('/', campaignsRoute);
app.route('/', consoleRoute);

app.notFound((c) =>
  problemResponse(
    new ProblemError(
      404,
      'no_such_route',
      `There is no ${c.req.method} ${c.req.path}. See docs/reference/http.md.`,
    ),
  ),
);
app.onError((error) => {
  if (!(error instanceof ProblemError)) console.error('request', error);
  return problemResponse(error);
});
