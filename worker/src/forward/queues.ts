import { keepRefused } from '../quarantine/keep.ts';
import type { QuarantineMessage } from '../quarantine/message.ts';
import { writeChunk } from './chunk.ts';
import { keepDeadLetters } from './deadLetters.ts';
import type { ChunkMessage, EventsMessage } from './lines.ts';
import { storeChunk } from './warehouse.ts';

/** Longest wait between two tries. Seconds. */
const MAX_DELAY = 3_600;

const delayOf = (message: Message): number =>
  Math.min(2 ** Math.min(message.attempts, 12), MAX_DELAY);

/** Whoever throws gets the message again, later and later, and after 100 times it is a dead letter. */
export async function consume(env: Env, batch: MessageBatch, now: number): Promise<void> {
  if (batch.queue.endsWith('-warehouse')) {
    for (const message of batch.messages as readonly Message<ChunkMessage>[]) {
      await attempt(message, () => storeChunk(env, message.body.key));
    }
    return;
  }
  try {
    await takeWhole(env, batch, now);
    batch.ackAll();
  } catch (error) {
    console.error(batch.queue, String(error));
    for (const message of batch.messages) message.retry({ delaySeconds: delayOf(message) });
  }
}

/** What takes a batch as one. */
function takeWhole(env: Env, batch: MessageBatch, now: number): Promise<void> {
  if (batch.queue.endsWith('-dead')) return keepDeadLetters(env, batch, now);
  if (batch.queue.endsWith('-quarantine')) {
    const messages = batch.messages as readonly Message<QuarantineMessage>[];
    return keepRefused(
      env,
      messages.map(({ body }) => body),
      now,
    );
  }
  return writeChunk(env, batch as MessageBatch<EventsMessage>, now);
}

async function attempt(message: Message, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    message.ack();
  } catch (error) {
    console.error('warehouse', String(error));
    message.retry({ delaySeconds: delayOf(message) });
  }
}
