/**
 * What stands in a path in the place of a route's parameter, as it is written there; undefined where the route has no
 * such parameter. For what runs before the route, to which the router tells no parameters.
 *
 * @param route as `access.ts` names it: method and path
 */
export function pathParam(route: string, path: string, name: string): string | undefined {
  const at = route.slice(route.indexOf('/')).split('/').indexOf(`:${name}`);
  return at < 0 ? undefined : path.split('/')[at];
}
