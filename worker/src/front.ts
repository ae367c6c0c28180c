import { app } from './app.ts';
import { answerBatch } from './collect/route.ts';
import { PATH_BATCH, PATH_BATCH_SHORT, PATH_DECIDE } from './contract/values.ts';
import { withCors } from './cors.ts';
import { answerQuestion } from './decide/route.ts';
import { errorResponse } from './errors.ts';

/** A route that needs no router. Its answer has the CORS headers already; an error is thrown. */
type Route = (
  request: Request,
  env: Env,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
) => Promise<Response>;

const ROUTES: ReadonlyMap<string, Route> = new Map([
  [PATH_BATCH, answerBatch],
  [PATH_BATCH_SHORT, answerBatch],
  [PATH_DECIDE, answerQuestion],
]);

/** All behind the host, so a URL with a query is none of {@link ROUTES}: the app answers it the same. */
const targetOf = (url: string): string => url.slice(url.indexOf('/', 'https://'.length));

/**
 * Where a request comes in. The routes that nearly all requests go to are answered before Hono makes
 * its context and runs its middleware, which took 6 % of a fresh visitor's question (2026-11-22).
 * The app has the same routes, for whoever writes the path in another way.
 */
export async function front(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const route = request.method === 'POST' ? ROUTES.get(targetOf(request.url)) : undefined;
  if (route === undefined) return app.fetch(request, env, ctx);
  try {
    return await route(request, env, ctx);
  } catch (error) {
    return withCors(errorResponse(error));
  }
}
