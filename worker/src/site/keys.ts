import { hex } from '../hash.ts';
import { sha256 } from '../sha256.ts';
import { patient, SECRET_WITHOUT_D1 } from './patient.ts';
import { type Scope, SCOPES } from './scopes.ts';

/** What a key opens. */
export interface KeyOwner {
  site: string;
  kind: 'write' | 'secret';
  /** Names the key where it must not be shown: see {@link keyIdOf}. */
  id: string;
  /** What a secret key may do; empty for a write key, which opens nothing private. */
  scopes: readonly Scope[];
}

/** A key as its row in D1 has it. */
interface KeyRow {
  site: string;
  kind: 'write' | 'secret';
  scopes: string | null;
  expires_at: number | null;
}

interface Known {
  owner: KeyOwner;
  /** It is asked for again from then on. UTC milliseconds. */
  until: number;
  /** It opens nothing from then on. UTC milliseconds. */
  ends: number;
  /** It is not gone by from then on, if D1 has not answered since. UTC milliseconds. */
  stale: number;
}

/** How long an isolate trusts what it knows of a key. Milliseconds. */
const TRUST = 30_000;
/** How long it goes by what it knew where D1 does not answer. Milliseconds. */
const RETRY = 5_000;
/** Seconds after which a key that was revoked opens nothing anywhere, where D1 answers. */
export const KEYS_IN_FORCE_WITHIN = TRUST / 1000;
const known = new Map<string, Known>();

/** Hash under which a key is kept. */
export const hashKey = (key: string): string => hex(sha256(`key\0${key}`));

/** Characters of a key's id. */
export const KEY_ID_LENGTH = 16;

/**
 * The id of a key, from the hash under which it is kept: whoever holds a key can tell which one it is, and nobody can
 * make the key from it, which has 192 random bits.
 */
export const keyIdOf = (hash: string): string => hash.slice(0, KEY_ID_LENGTH);

/** The scopes that a row of `keys` means. Those that this release does not know are left out. */
export const scopesOf = ({ kind, scopes }: Pick<KeyRow, 'kind' | 'scopes'>): readonly Scope[] => {
  if (kind === 'write') return [];
  if (scopes === null) return SCOPES;
  const given = JSON.parse(scopes) as string[];
  return SCOPES.filter((scope) => given.includes(scope));
};

const DEMO = /^[ws]k_demo$/;
const LOCAL = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/**
 * Whose key this is, or undefined for nobody's, or one whose time is over. D1 is asked before a key is called unknown,
 * since clients drop a batch for ever on a 401. The published keys of the demo work on a local host only.
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
  const hash = hashKey(key);
  let row: KeyRow | null;
  try {
    const asked = db
      .prepare('select site, kind, scopes, expires_at from keys where hash = ?1')
      .bind(hash);
    row = await patient(asked.first<KeyRow>());
  } catch (error) {
    // D1 is away: what was known a while ago is better than an outage.
    console.error('keys', String(error));
    if (hit === undefined) throw error;
    if (hit.ends <= now) return undefined;
    if (hit.stale <= now) throw error;
    // Not each request has to wait until a slow D1 is given up. What was forgotten meanwhile stays so.
    const until = Math.min(now + RETRY, hit.ends, hit.stale);
    if (known.get(key) === hit) known.set(key, { ...hit, until });
    return hit.owner;
  }
  const ends = row?.expires_at ?? Infinity;
  if (row === null || ends <= now) {
    known.delete(key);
    return undefined;
  }
  const { site, kind } = row;
  const owner = { site, kind, id: keyIdOf(hash), scopes: scopesOf(row) };
  if (known.size >= 10_000 && !known.has(key)) known.clear();
  const stale = kind === 'write' ? Infinity : now + SECRET_WITHOUT_D1;
  known.set(key, { owner, until: Math.min(now + TRUST, ends), ends, stale });
  return owner;
}

/** Lets this isolate ask for a key anew, since it was changed. */
export function forgetKey(id: string): void {
  for (const [key, { owner }] of known) if (owner.id === id) known.delete(key);
}
