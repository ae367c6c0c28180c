import { env, SELF } from 'cloudflare:test';
import type {
  BatchAnswer,
  ChangeAnswer,
  Problem,
  ProfileAnswer,
  TimelineAnswer,
} from '../../src/contract/wire.ts';
import type { Kind } from '../../src/profile/names.ts';
import { objectName } from '../../src/profile/names.ts';
import type { Profile } from '../../src/profile/object.ts';
import { SITE } from '../site.ts';

const ORIGIN = 'https://cresset.example';

/** Who is shown the answers that {@link call} gets, each as a copy: see `described.ts`. */
export const watcher: {
  see: ((method: string, path: string, answer: Response) => Promise<void>) | undefined;
} = { see: undefined };

/** A request to the worker, JSON in. */
export async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const response = await SELF.fetch(`${ORIGIN}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  await watcher.see?.(method, path, response.clone());
  return response;
}

/** A request of the private API. */
export const ask = (method: string, path: string, body?: unknown): Promise<Response> =>
  call(method, path, body, { authorization: `Bearer ${SITE.secretKey}` });

/** Sends events with the write key, as a browser does. */
export const send = (
  batch: unknown[],
  more: Record<string, unknown> = {},
  headers = {},
): Promise<Response> =>
  call(
    'POST',
    '/v1/batch',
    { writeKey: SITE.writeKey, batch, ...more },
    {
      'content-type': 'text/plain',
      origin: 'https://shop.example',
      ...headers,
    },
  );

/** Sends events and expects that the batch is taken. */
export async function sent(
  batch: unknown[],
  more: Record<string, unknown> = {},
): Promise<BatchAnswer> {
  return held(await send(batch, more));
}

/** What an answer holds that must be one; else says what it is. */
export async function held<T>(response: Response): Promise<T> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return response.json<T>();
}

/** What an answer about a profile holds; nothing where there is none. */
export async function heldProfile(response: Response): Promise<ProfileAnswer | undefined> {
  return response.status === 404 ? undefined : held<ProfileAnswer>(response);
}

export const profile = async (kind: Kind, id: string): Promise<ProfileAnswer | undefined> =>
  heldProfile(await ask('GET', `/v1/profiles/${kind}/${encodeURIComponent(id)}`));

export async function timeline(kind: Kind, id: string): Promise<TimelineAnswer['events']> {
  const response = await ask(
    'GET',
    `/v1/profiles/${kind}/${encodeURIComponent(id)}/timeline?limit=200`,
  );
  return (await held<TimelineAnswer>(response)).events;
}

/** The object of an identifier. */
export const objectOf = async (kind: Kind, id: string): Promise<DurableObjectStub<Profile>> =>
  env.PROFILE.getByName(objectName(SITE.id, kind, id));

/** Merges or splits, and waits until it is through: a slow machine answers `pending` first. */
export async function changed(path: string, body: unknown): Promise<ChangeAnswer> {
  let before: string | undefined;
  for (;;) {
    const response = await ask('POST', path, body);
    const { status, id = '', code = '' } = await response.json<Partial<Change>>();
    // Asked again, a split that is through finds the identifier at the top of its own person.
    const through = status === 'unchanged' || code === 'identifier_primary';
    if (before === 'pending' && through) return { status: 'done', id };
    const busy = response.status === 503 && code === 'identity_busy';
    if (!response.ok && !busy) throw new Error(`${response.status} ${code}`);
    if (response.status === 200 && status !== undefined) return { status, id };
    before = status ?? before;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

type Change = Omit<ChangeAnswer, 'status'> &
  Omit<Problem, 'status'> & { status: ChangeAnswer['status'] };

let ids = 0;
/** An id that no other test uses. */
export const fresh = (prefix = 'id'): string => `${prefix}-${(ids += 1)}-${crypto.randomUUID()}`;

export const track = (
  anonymousId: string,
  event: string,
  properties = {},
  more = {},
): Record<string, unknown> => ({
  type: 'track',
  anonymousId,
  event,
  properties,
  messageId: fresh('m'),
  timestamp: new Date().toISOString(),
  ...more,
});

export const page = (
  anonymousId: string,
  url = 'https://shop.example/',
  more = {},
): Record<string, unknown> => ({
  type: 'page',
  anonymousId,
  messageId: fresh('m'),
  timestamp: new Date().toISOString(),
  context: { page: { url } },
  ...more,
});
