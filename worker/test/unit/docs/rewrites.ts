import { compile, match } from 'path-to-regexp';
import { fencesOf } from './markdown.ts';

/** A rewrite as `next.config` and `vercel.json` write it. */
export interface Rewrite {
  source: string;
  destination: string;
}

const textOf = (page: string, language: string, mark: string): string => {
  const [fence, ...more] = fencesOf(page).filter(
    (fence) => fence.language === language && fence.mark === mark,
  );
  if (fence === undefined || more.length > 0) throw new Error(`not one ${language} ${mark}`);
  return fence.text;
};

/** A recipe of docs/how-to/proxy.md. */
export const recipeOf = textOf;

/** The rewrites of the page's `next.config.mjs`, asked for as Next.js does: the file is imported. */
export async function nextRewrites(page: string): Promise<Rewrite[]> {
  const url = `data:text/javascript,${encodeURIComponent(textOf(page, 'js', 'next'))}`;
  const config = (await import(url)) as { default: { rewrites(): Promise<Rewrite[]> } };
  return config.default.rewrites();
}

/** The rewrites of the page's `vercel.json`. */
export const vercelRewrites = (page: string): Rewrite[] =>
  (JSON.parse(textOf(page, 'json', 'vercel')) as { rewrites: Rewrite[] }).rewrites;

/** Where the first rewrite that matches sends a path: both match by path-to-regexp 6, whole and strict about letters. */
export function destinationOf(rewrites: readonly Rewrite[], path: string): string | undefined {
  for (const { source, destination } of rewrites) {
    const found = match(source, { strict: true, sensitive: true })(path);
    if (found === false) continue;
    const { origin, pathname } = new URL(destination);
    return origin + compile(pathname)(found.params);
  }
  return undefined;
}
