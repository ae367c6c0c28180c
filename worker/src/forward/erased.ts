import { noteEntombed } from './entombed.ts';
import { type ChunkLine, subjectOf } from './lines.ts';
import { statements } from './rows.ts';

/** `cross join` keeps the order: a look-up for each pair, never a scan of `erased`. */
const FIND = `select erased.site, erased.identifier from json_each(?1) line cross join erased
  on erased.site = line.value ->> 0 and erased.identifier = line.value ->> 1`;

const identifierOf = (line: ChunkLine): string | undefined =>
  'identity' in line ? line.identity.identifier : subjectOf(line);

/**
 * The lines without those of erased people, who are looked up in one call to D1. An erasure that begins
 * after the look-up goes through what is written before it is done: see `erasure/chunks.ts`.
 */
export async function withoutErased(
  db: D1Database,
  lines: ChunkLine[],
  now: number,
): Promise<ChunkLine[]> {
  const pairs = new Map<string, [site: string, identifier: string]>();
  for (const line of lines) {
    const identifier = identifierOf(line);
    if (identifier !== undefined) pairs.set(`${line.site}\0${identifier}`, [line.site, identifier]);
  }
  if (pairs.size === 0) return lines;
  const found = await db.batch<{ site: string; identifier: string }>(
    statements(db, FIND, [...pairs.values()]),
  );
  const erased = new Set(
    found.flatMap(({ results }) => results.map(({ site, identifier }) => `${site}\0${identifier}`)),
  );
  const entombed = lines.flatMap((line) =>
    'identity' in line &&
    line.identity.receipt !== undefined &&
    !erased.has(`${line.site}\0${line.identity.identifier}`)
      ? [{ site: line.site, ...line.identity, receipt: line.identity.receipt }]
      : [],
  );
  if (entombed.length > 0) await noteEntombed(db, entombed, now);
  for (const { site, identifier } of entombed) erased.add(`${site}\0${identifier}`);
  if (erased.size === 0) return lines;
  return lines.filter((line) => !erased.has(`${line.site}\0${subjectOf(line) ?? ''}`));
}
