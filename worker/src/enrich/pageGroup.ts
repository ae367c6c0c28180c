import type { PageGroup } from '../contract/wire.ts';

/** Whether a text is what a pattern says, in which `*` stands for any characters, or none. */
function fits(parts: readonly string[], text: string): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  // Each part as early as it goes: that leaves the most for those behind it, so nothing is tried twice.
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}

/** The page groups of a site, ready to be asked. A pattern that begins with `/` is of the path alone. */
export function pageGroupsOf(groups: readonly PageGroup[]): (host: string, path: string) => string {
  const rules = groups.flatMap(({ name, urls }) =>
    urls.map((url) => ({ name, ofPath: url.startsWith('/'), parts: url.split('*') })),
  );
  return (host, path) =>
    path === ''
      ? ''
      : (rules.find(({ ofPath, parts }) => fits(parts, ofPath ? path : host + path))?.name ?? '');
}
