import { type ChunkMessage, type EventsMessage, linesOf } from './lines.ts';

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
  const text = batch.messages
    .flatMap(({ body }) => linesOf(body))
    .map((line) => JSON.stringify(line))
    .join('\n');
  const gzipped = new Response(text).body?.pipeThrough(new CompressionStream('gzip'));
  const key = `chunks/${new Date(now).toISOString().slice(0, 13).replace('T', '/')}/${crypto.randomUUID()}.ndjson.gz`;
  // R2 wants a known length, so the chunk is held whole: a batch is at most 100 messages of 128 KB.
  await env.CHUNKS.put(key, await new Response(gzipped).arrayBuffer());
  await env.WAREHOUSE.send({ key } satisfies ChunkMessage);
}

/** The lines of a chunk. Throws where it is not there. */
export async function readChunk(env: Env, key: string): Promise<string[]> {
  const chunk = await env.CHUNKS.get(key);
  if (chunk === null) throw new Error(`no chunk "${key}"`);
  const text = await new Response(chunk.body.pipeThrough(new DecompressionStream('gzip'))).text();
  return text.split('\n');
}
