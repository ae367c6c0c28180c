import { hex } from '../hash.ts';
import { sha256 } from '../sha256.ts';
import { patient } from './patient.ts';

/** What a key opens. */
export interface KeyOwner {
  site: string;
  kind: 'write' | 'secret';
}

/** How long an isolate trusts what it knows of a key. Milliseconds. */
const TRUST = 30_000;
const known = new Map<string, { owner: KeyOwner; until: number }>();

/** Hash under which a key is kept. */
export const hashKey = (key: string): string => hex(sha256(`key\0${key}`));

const DEMO = /^[ws]k_demo$/;
const LOCAL = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Whose key this is, or undefined for nobody's. D1 is asked before a key is called unknown, since
 * clients drop a batch for ever on a 401. The published keys of the demo work on a local host only.
 *
 * @param url of the request that brings the key
 */
export async function findKey(
  db: D1Database,
  key: string,
  url: string,
  now: number,
): Promise<KeyOwner | undefined> {
  if (key === '' || key.length > 200) return undefined;
  if (DEMO.test(key) && !LOCAL.test(new URL(url).hostname)) return undefined;
  const hit = known.get(key);
  if (hit !== undefined && hit.until > now) return hit.owner;
  let owner: KeyOwner | null;
  try {
    const asked = db.prepare('select site, kind from keys where hash = ?1').bind(hashKey(key));
    owner = await patient(asked.first<KeyOwner>());
  } catch (error) {
    // D1 is away: what was known a while ago is better than an outage.
    console.error('keys', String(error));
    if (hit === undefined) throw error;
    owner = hit.owner;
  }
  if (owner === null) {
    known.delete(key);
    return undefined;
  }
  if (known.size >= 10_000) known.clear();
  known.set(key, { owner, until: now + TRUST });
  return owner;
}
