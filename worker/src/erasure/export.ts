import type { ExportAnswer, IdentityAnswer, ProfileAnswer } from '../contract/wire.ts';
import type { Person } from './store.ts';
import { STORES } from './stores.ts';

/** The text of an {@link ExportAnswer}, piece by piece. */
async function* pieces(
  env: Env,
  person: Person,
  head: Omit<ExportAnswer, 'stores'>,
): AsyncGenerator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},"stores":{`;
  let comma = '';
  for (const [name, store] of Object.entries(STORES)) {
    yield `${comma}${JSON.stringify(name)}:[`;
    comma = '';
    for await (const item of store.export(env, person)) {
      yield comma + JSON.stringify(item);
      comma = ',';
    }
    yield ']';
    comma = ',';
  }
  yield '}}';
}

/**
 * An {@link ExportAnswer} as a stream, as it may be more than fits into memory. A store that fails on the
 * way breaks the stream off, so that half an export is never taken for a whole one.
 */
export function exportStream(
  env: Env,
  person: Person,
  profile: ProfileAnswer,
  identity: IdentityAnswer,
  now: number,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const source = pieces(env, person, {
    exportedAt: new Date(now).toISOString(),
    profile,
    identity,
  });
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value));
    },
    async cancel() {
      await source.return(undefined);
    },
  });
}
