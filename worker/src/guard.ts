import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import { type Access, accessOf } from './access.ts';
import { logCall } from './admin/log.ts';
import { ProblemError } from './errors.ts';
import { pathParam } from './pathParam.ts';
import {
  headerKey,
  keyMissing,
  keyUnknown,
  ownerOf,
  requireEvery,
  requireScope,
  secretKeyNeeded,
} from './site/authenticate.ts';
import { isOperatorKey, OPERATOR } from './site/operatorKey.ts';
import { countRequest } from './site/rate.ts';
import { type Scope, SCOPES } from './site/scopes.ts';

/** Who calls a private route, and was let through. */
export interface Caller {
  /** The site that the call is about; empty where an operator's is about no one site. */
  site: string;
  /** Id of the key, or `operator`. */
  key: string;
  scopes: readonly Scope[];
  isOperator: boolean;
}

/** What private routes are made of. `caller` is there on every route that {@link guard} has let somebody through to. */
export interface PrivateEnv {
  Bindings: Env;
  Variables: { caller: Caller };
}

export const siteUnknown = (site: string): ProblemError =>
  new ProblemError(404, 'site_not_found', `There is no site "${site}" that this key may see.`);

/** The route that is going to answer, as `access.ts` names it; undefined where there is none. */
function routeOf(c: Context): string | undefined {
  const route = matchedRoutes(c).find(({ method }) => method !== 'ALL');
  return route === undefined ? undefined : `${route.method} ${route.path}`;
}

/** Who calls, whether it may or not. Throws 401, or 403 for a write key. */
async function callerOf(
  c: Context<PrivateEnv>,
  access: Access,
  site: string | undefined,
  now: number,
): Promise<Caller> {
  const mayBeOperator = access === 'operator' || site !== undefined;
  const given = headerKey(c.req.raw.headers);
  // Neither a body nor a URL is a place for a secret.
  if (given === undefined || given === '') throw keyMissing();
  if (mayBeOperator && isOperatorKey(c.env.CRESSET_SECRET, given)) {
    return { site: site ?? '', key: OPERATOR, scopes: SCOPES, isOperator: true };
  }
  const owner = await ownerOf(c.env, c.req.raw, given, now);
  if (owner === undefined) throw keyUnknown();
  if (owner.kind !== 'secret') throw secretKeyNeeded();
  return { site: owner.site, key: owner.id, scopes: owner.scopes, isOperator: false };
}

/** Throws for a caller whose key does not open the route. */
function check(caller: Caller, access: Access, site: string | undefined): void {
  if (caller.isOperator) return;
  if (access === 'operator') {
    throw new ProblemError(
      403,
      'operator_key_needed',
      'This route needs the operator key, which is derived from the worker secret. See docs/how-to/keys.md.',
    );
  }
  if (typeof access === 'object') {
    if ('all' in access) requireEvery(caller, access.all);
    else requireScope(caller, access);
  }
  // As for a site that is not there: whose sites there are is nobody else's to know.
  if (site !== undefined && site !== caller.site) throw siteUnknown(site);
}

/**
 * Stands before every route: lets nobody through to a private one but whom `access.ts` names, keeps its answers out of
 * caches, and logs the call. Fails closed for a route that is not listed, and answers 404 where there is none.
 */
export const guard = createMiddleware<PrivateEnv>(async (c, next) => {
  const route = routeOf(c);
  // Not on to what routes share: that counts on a caller.
  if (route === undefined) return c.notFound();
  const access = accessOf(route);
  if (access === undefined) throw new Error(`${route} is missing in access.ts`);
  if (access === 'anybody' || access === 'sender') return next();
  const now = Date.now();
  const site = pathParam(route, c.req.path, 'site');
  const caller = await callerOf(c, access, site, now);
  // Not logged where it is too much: the log would be what is flooded.
  await countRequest(c.env, 'PRIVATE_RATE', caller.key, now);
  c.set('caller', caller);
  try {
    check(caller, access, site);
  } catch (error) {
    logCall(c, caller, { route, error, status: 403 }, now);
    throw error;
  }
  await next();
  c.res.headers.set('cache-control', 'no-store');
  // As the route left it: a site that was just made has the line.
  logCall(c, c.var.caller, { route, error: c.error, status: c.res.status }, now);
  return undefined;
});
