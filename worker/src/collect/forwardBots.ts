import type { EventsMessage } from '../forward/lines.ts';
import type { Json, JsonObject } from '../contract/wire.ts';
import type { ForwardedEvent } from '../profile/event.ts';
import type { EnrichedEvent } from './enrich.ts';
import { type RequestFacts, storedForm } from './stored.ts';

/** Largest message, in bytes: a queue takes 128 KB, and the envelope wants some. */
const MAX_MESSAGE = 100 * 1024;

const encoder = new TextEncoder();

/** Of `context`, what tells of the page and the client. Texts only: nobody can put anything else there. */
const KEPT_CONTEXT: Readonly<Record<string, readonly string[]>> = {
  page: ['url', 'path', 'referrer', 'search', 'title'],
  library: ['name', 'version'],
};

/** The fields of these names that are texts. */
function textsOf(value: Json | undefined, names: readonly string[]): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  return Object.fromEntries(
    names.flatMap((name) => (typeof value[name] === 'string' ? [[name, value[name]]] : [])),
  );
}

const contextOf = (context: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(KEPT_CONTEXT).flatMap(([name, fields]) => {
      const kept = textsOf(context[name], fields);
      return Object.keys(kept).length === 0 ? [] : [[name, kept]];
    }),
  );

/**
 * An event as traffic and nobody's: no profile learns of it, so no erasure and no export would find it under an
 * identifier. So nothing of it names a person: no identifier, traits, properties, and no decision.
 */
async function forwarded(
  env: Env,
  facts: RequestFacts,
  event: EnrichedEvent,
): Promise<ForwardedEvent> {
  const { id, type, name, time, received, context, url, path, referrer, device, ...rest } =
    await storedForm(env, facts, event);
  const { enriched, campaign, notice } = rest;
  return {
    id,
    type,
    name,
    time,
    received,
    properties: {},
    context: contextOf(context),
    url,
    path,
    referrer,
    device,
    ...(enriched === undefined ? {} : { enriched }),
    campaign,
    verified: false,
    notice,
    identifier: '',
    session: '',
  };
}

/**
 * Hands events to the queue "events" without a profile: what the queue took is durable. It remembers nothing, so an
 * event that is sent twice is forwarded twice, and the sinks know it by its id. Throws where the queue does.
 */
export async function forwardBots(
  env: Env,
  facts: RequestFacts,
  events: readonly EnrichedEvent[],
): Promise<void> {
  const { site } = facts;
  let open: ForwardedEvent[] = [];
  let size = 0;
  const send = (): Promise<unknown> =>
    env.EVENTS.send({ site, events: open } satisfies EventsMessage);
  for (const event of events) {
    const line = await forwarded(env, facts, event);
    const bytes = encoder.encode(JSON.stringify(line)).byteLength + 1;
    if (size + bytes > MAX_MESSAGE && open.length > 0) {
      await send();
      open = [];
      size = 0;
    }
    open.push(line);
    size += bytes;
  }
  await send();
}
