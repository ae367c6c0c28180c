import { fencesOf, read } from '../unit/docs/markdown.ts';

/** The block of `docs/how-to/other-clients.md` with this mark, without its imports, for this site. */
export function documentedCode(mark: string, writeKey: string, origin: string): string {
  const fence = fencesOf(read('docs/how-to/other-clients.md')).find((one) => one.mark === mark);
  if (fence === undefined) throw new Error(`the page has no block "${mark}"`);
  return fence.text
    .replaceAll(/^import .*$/gm, '')
    .replaceAll('wk_…', writeKey)
    .replaceAll('https://c.example.com', origin);
}
