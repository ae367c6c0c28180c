import type { EventsMessage } from '../forward/lines.ts';
import type { ForwardedEvent } from '../profile/event.ts';
import { identifierOf } from '../profile/names.ts';
import type { EnrichedEvent } from './enrich.ts';
import { type RequestFacts, storedForm } from './stored.ts';

/** Largest message, in bytes: a queue takes 128 KB, and the envelope wants some. */
const MAX_MESSAGE = 100 * 1024;

const encoder = new TextEncoder();

/** An event under the name of its bearer, as a profile would have forwarded it; a bot has no visits. */
async function forwarded(
  env: Env,
  facts: RequestFacts,
  event: EnrichedEvent,
): Promise<ForwardedEvent> {
  const { site } = facts;
  const { anonymousId, userId } = event;
  const anon = anonymousId === undefined ? undefined : identifierOf(site, 'anon', anonymousId);
  const user = userId === undefined ? undefined : identifierOf(site, 'user', userId);
  const identifier = (user ?? anon)?.name;
  if (identifier === undefined) throw new Error('an event without an identifier got past the door');
  const stored = await storedForm(env, facts, event);
  return {
    ...stored,
    ...(anon === undefined ? {} : { browser: anon.name }),
    identifier,
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
