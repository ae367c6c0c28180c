import type { Rejection } from '../contract/wire.ts';
import { keepRefused } from '../quarantine/keep.ts';
import { quarantineMessages, type RefusedRequest } from '../quarantine/messages.ts';
import { contentId } from '../quarantine/seal.ts';

/**
 * Puts refused events into the quarantine, after the client has its answer. If the queue takes them, they
 * are kept or become a dead letter; if it does not, they are kept from here.
 */
export async function reportRejections(
  env: Env,
  request: RefusedRequest,
  rejected: readonly Rejection[],
): Promise<void> {
  const nameOf = (text: string): Promise<string> =>
    contentId(env.CRESSET_SECRET, request.site, text);
  try {
    for (const message of await quarantineMessages(request, rejected, nameOf)) {
      await env.QUARANTINE.send(message).catch(async (error: unknown) => {
        console.error('quarantine', String(error));
        await keepRefused(env, [message], Date.now());
      });
    }
  } catch (error) {
    console.error('quarantine', `${rejected.length} refused events are lost:`, String(error));
  }
}
