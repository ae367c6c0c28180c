import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents, headingsOf, proseOf, read } from './markdown.ts';

const LINK = /\]\(<?([^)>\s]+)>?\)|<(https?:[^>\s]+)>/g;

const linksOf = (document: string): string[] =>
  [...proseOf(document).matchAll(LINK)].map(([, target, bare]) => target ?? bare ?? '');

describe.each(documents())('%s', (path) => {
  const document = read(path);
  const links = linksOf(document);

  it('links to what is there', () => {
    const broken = links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : join(dirname(path), file);
        if (!existsSync(target)) return true;
        return (
          anchor !== undefined && !headingsOf(read(target)).some(({ slug }) => slug === anchor)
        );
      });
    expect(broken).toEqual([]);
  });

  it('names the pages of others by https', () => {
    const outside = links.filter((link) => /^[a-z]+:/.test(link));
    const local = /^http:\/\/(?:localhost|127\.0\.0\.1):\d+/;
    expect(outside.filter((link) => !link.startsWith('https://') && !local.test(link))).toEqual([]);
  });

  it('tells nothing of the machine that it was written on', () => {
    expect(document).not.toMatch(/(?<![\w.])\/(?:work|tmp|root|home|Users)\//);
    expect(document).not.toMatch(/registry\.|artifactory|nexus|verdaccio|\bpypi\b/i);
  });

  it('has no two headings that are linked to alike', () => {
    const slugs = headingsOf(document).map(({ slug }) => slug);
    expect(slugs.filter((slug, at) => slugs.indexOf(slug) !== at)).toEqual([]);
  });
});

it('every picture and every page under docs/ is linked to from another document', () => {
  const all = documents().filter((path) => !path.startsWith('examples'));
  const linked = new Set(
    all.flatMap((path) =>
      linksOf(read(path))
        .filter((link) => !/^[a-z]+:/.test(link))
        .map((link) => join(dirname(path), link.split('#')[0] ?? '')),
    ),
  );
  const wanted = [...globSync('docs/images/*'), ...all.filter((path) => path.startsWith('docs/'))];
  expect(wanted.filter((path) => !linked.has(path))).toEqual([]);
});
