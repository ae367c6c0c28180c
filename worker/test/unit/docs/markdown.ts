import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A code block of a document. */
export interface Fence {
  /** First word after the backticks: `sh`, `js`, `json`. */
  language: string;
  /** What follows it, such as `run`. */
  mark: string;
  text: string;
  /** Of its first line. */
  line: number;
}

/** A heading, and what others link to. */
export interface Heading {
  text: string;
  slug: string;
}

const OUTSIDE = new Set(['node_modules', 'dist', '.git', '.wrangler']);

/** Paths of all documents of the repository. */
export function documents(folder = '.'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (OUTSIDE.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return documents(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** Text of a document. */
export const read = (path: string): string => readFileSync(path, 'utf8');

const FENCE = /^(`{3,})(\w*) ?(.*)\n((?:(?!\1)[^])*?)^\1$/gm;

/** The code blocks of a document, in order. */
export const fencesOf = (document: string): Fence[] =>
  [...document.matchAll(FENCE)].map(({ 2: language = '', 3: mark = '', 4: text = '', index }) => ({
    language,
    mark,
    text,
    line: document.slice(0, index).split('\n').length,
  }));

/** The document without its code blocks. */
export const proseOf = (document: string): string => document.replaceAll(FENCE, '');

/** As GitHub makes it: https://docs.github.com/en/get-started/writing-on-github (section links), seen 2026-11. */
const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** The headings of a document, in order. */
export const headingsOf = (document: string): Heading[] =>
  [...proseOf(document).matchAll(/^#+ (.+)$/gm)].map(([, text = '']) => ({
    text,
    slug: slugOf(text),
  }));

/** The rows of the table under a heading, as cells without the backticks around them. */
export function tableUnder(document: string, heading: string): string[][] {
  const [, below = ''] = document.split(`\n${heading}\n`);
  const [table = ''] = /(?:^\|.*\n)+/m.exec(below) ?? [];
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) =>
      row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll(/^`|`$/g, '')),
    );
}
