import { withoutErased } from './erased.ts';
import { hintOfLines } from './hint.ts';
import { type ChunkLine, type ChunkMessage, type EventsMessage, linesOf } from './lines.ts';

/** Every chunk's name begins with it. */
export const CHUNKS = 'chunks/';

/** What the names of the chunks of an hour begin with. Names sort by time. */
export const hourOf = (time: number): string =>
  `${CHUNKS}${new Date(time).toISOString().slice(0, 13).replace('T', '/')}/`;

/** A chunk as it stands in R2, which wants a known length, so it is held whole: 100 messages of 128 KB at the most. */
async function packed(
  lines: readonly ChunkLine[],
): Promise<[body: ArrayBuffer, options: R2PutOptions]> {
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  const gzipped = new Response(text).body?.pipeThrough(new CompressionStream('gzip'));
  const people = hintOfLines(lines);
  return [
    await new Response(gzipped).arrayBuffer(),
    people === undefined ? {} : { customMetadata: { people } },
  ];
}

async function unpacked(chunk: R2ObjectBody): Promise<ChunkLine[]> {
  const text = await new Response(chunk.body.pipeThrough(new DecompressionStream('gzip'))).text();
  // An erasure may have left nothing.
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as ChunkLine);
}

/**
 * Consumer of the queue "events": writes what a batch of messages holds into one gzipped chunk of JSON
 * lines in R2, and puts its name on each sink's own queue, so that sinks don't hurt each other.
 * A redelivery writes the same events into another chunk; sinks know an event by its id.
 */
export async function writeChunk(
  env: Env,
  batch: MessageBatch<EventsMessage>,
  now: number,
): Promise<void> {
  const all = batch.messages.flatMap(({ body }) => linesOf(body));
  const lines = await withoutErased(env.DB, all, now);
  if (lines.length === 0) return;
  const key = `${hourOf(now)}${crypto.randomUUID()}.ndjson.gz`;
  await env.CHUNKS.put(key, ...(await packed(lines)));
  await env.WAREHOUSE.send({ key } satisfies ChunkMessage);
}

/** The lines of a chunk. Throws where it is not there. */
export async function readChunk(env: Env, key: string): Promise<ChunkLine[]> {
  const chunk = await env.CHUNKS.get(key);
  if (chunk === null) throw new Error(`no chunk "${key}"`);
  return unpacked(chunk);
}

/**
 * Writes a chunk again with those of its lines that are to stay; its name stays, as it may be on its way to
 * a sink. Answers how many went. Throws where others rewrote it at the same time: do it again then.
 */
export async function rewriteChunk(
  bucket: R2Bucket,
  key: string,
  keep: (line: ChunkLine) => boolean,
): Promise<number> {
  const chunk = await bucket.get(key);
  if (chunk === null) return 0;
  const lines = await unpacked(chunk);
  const kept = lines.filter(keep);
  if (kept.length === lines.length) return 0;
  const [body, options] = await packed(kept);
  const put = await bucket.put(key, body, {
    ...options,
    onlyIf: { etagMatches: chunk.etag },
  });
  if (put === null) throw new Error(`"${key}" was rewritten by others`);
  return lines.length - kept.length;
}
