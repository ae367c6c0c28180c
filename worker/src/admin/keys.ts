import { Hono } from 'hono';
import { readJson } from '../body.ts';
import { keyInput, keyRotation } from '../contract/siteSchema.ts';
import { DEFAULT_OVERLAP } from '../contract/values.ts';
import type { KeyAnswer, KeyRevokedAnswer, KeysAnswer, NewKeyAnswer } from '../contract/wire.ts';
import { ProblemError } from '../errors.ts';
import { type Caller, type PrivateEnv, siteUnknown } from '../guard.ts';
import { invalidField, parseAs } from '../parse.ts';
import { keyUnknown } from '../site/authenticate.ts';
import { forgetKey, hashKey, keyIdOf, KEYS_IN_FORCE_WITHIN } from '../site/keys.ts';
import { newKey } from '../site/newKey.ts';
import { type Scope, SCOPES } from '../site/scopes.ts';
import {
  addKey,
  endKey,
  findKeyRow,
  type KeyRow,
  listKeys,
  MAX_KEYS,
  revokeKey,
} from './keyStore.ts';

/** Largest body. Bytes. */
const MAX_BYTES = 4 * 1024;

const shown = (row: KeyRow, caller: Caller): KeyAnswer => ({
  id: row.id,
  kind: row.kind,
  name: row.name,
  scopes: [...row.scopes],
  createdAt: new Date(row.createdAt).toISOString(),
  expiresAt: row.expiresAt === null ? null : new Date(row.expiresAt).toISOString(),
  current: row.id === caller.key,
});

const keyNotFound = (id: string): ProblemError =>
  new ProblemError(404, 'key_not_found', `The site has no key of the id "${id}".`);

/** Nobody hands out more than it has. */
function checkScopes(caller: Caller, scopes: readonly Scope[]): void {
  const missing = scopes.find((scope) => !caller.scopes.includes(scope));
  if (missing === undefined) return;
  throw new ProblemError(
    403,
    'scope_missing',
    `A key hands out only scopes that it has, and this one has not "${missing}". Use another, or the operator key.`,
  );
}

/** When the key that asks ends, or null. As D1 has it: elsewhere it may have been rotated or revoked a moment ago. */
async function endOf(db: D1Database, caller: Caller, now: number): Promise<number | null> {
  if (caller.isOperator) return null;
  const row = await findKeyRow(db, caller.site, caller.key);
  if (row === undefined || (row.expiresAt ?? Infinity) <= now) throw keyUnknown();
  return row.expiresAt;
}

/** Nor for longer, or a key that is to end would go on for ever as another. */
function checkEnd(own: number | null, asked: number | null): void {
  if (own === null || (asked ?? Infinity) <= own) return;
  throw new ProblemError(
    403,
    'key_ends_first',
    `A key makes none that outlives it, and this one ends at ${new Date(own).toISOString()}. Use another, or the operator key.`,
  );
}

/** Stores a new key. Throws where the site is not there, or has too many. */
async function add(db: D1Database, caller: Caller, row: Omit<KeyRow, 'id'>): Promise<NewKeyAnswer> {
  const key = newKey(row.kind);
  const hash = hashKey(key);
  const outcome = await addKey(db, caller.site, hash, row);
  if (outcome === 'no site') throw siteUnknown(caller.site);
  if (outcome === 'full') {
    throw new ProblemError(
      409,
      'keys_full',
      `A site has at most ${MAX_KEYS} keys. Revoke those that nobody uses.`,
    );
  }
  return { ...shown({ ...row, id: keyIdOf(hash) }, caller), key };
}

/** `/v1/sites/:site/keys`: who may call in the name of a site. For the site's own key with the scope `admin`, and the operator. */
export const keysRoute = new Hono<PrivateEnv>()
  .get('/v1/sites/:site/keys', async (c) => {
    const { caller } = c.var;
    const rows = await listKeys(c.env.DB, caller.site);
    if (rows === undefined) throw siteUnknown(caller.site);
    return c.json({ keys: rows.map((row) => shown(row, caller)) } satisfies KeysAnswer);
  })
  .post('/v1/sites/:site/keys', async (c) => {
    const now = Date.now();
    const { caller } = c.var;
    const input = parseAs(keyInput, await readJson(c.req.raw, MAX_BYTES));
    const { kind, name = '', expiresAt } = input;
    const wanted = new Set(input.scopes ?? caller.scopes);
    const scopes = kind === 'write' ? [] : SCOPES.filter((scope) => wanted.has(scope));
    checkScopes(caller, scopes);
    const own = await endOf(c.env.DB, caller, now);
    const ends = expiresAt === undefined ? own : expiresAt === null ? null : Date.parse(expiresAt);
    if ((ends ?? Infinity) <= now) throw invalidField('expiresAt', 'must be in the future');
    checkEnd(own, ends);
    const row = { kind, name, scopes, createdAt: now, expiresAt: ends };
    return c.json(await add(c.env.DB, caller, row), 201);
  })
  .post('/v1/sites/:site/keys/:id/rotate', async (c) => {
    const now = Date.now();
    const { caller } = c.var;
    const id = c.req.param('id');
    const { overlap = DEFAULT_OVERLAP } = parseAs(
      keyRotation,
      await readJson(c.req.raw, MAX_BYTES),
    );
    const old = await findKeyRow(c.env.DB, caller.site, id);
    if (old === undefined || (old.expiresAt ?? Infinity) <= now) throw keyNotFound(id);
    checkScopes(caller, old.scopes);
    checkEnd(await endOf(c.env.DB, caller, now), old.expiresAt);
    const made = await add(c.env.DB, caller, { ...old, createdAt: now });
    await endKey(c.env.DB, caller.site, id, now + overlap * 1000);
    forgetKey(id);
    return c.json(made, 201);
  })
  .delete('/v1/sites/:site/keys/:id', async (c) => {
    const { caller } = c.var;
    const id = c.req.param('id');
    if (id === caller.key) {
      throw new ProblemError(
        409,
        'key_in_use',
        'A key does not revoke itself, or a site could lose its last one. Use another, or rotate this one.',
      );
    }
    if (!(await revokeKey(c.env.DB, caller.site, id))) throw keyNotFound(id);
    forgetKey(id);
    return c.json({ id, inForceWithin: KEYS_IN_FORCE_WITHIN } satisfies KeyRevokedAnswer);
  });
