import { env } from 'cloudflare:test';
import { operatorKeyOf } from '../../src/site/operatorKey.ts';
import { call } from './client.ts';

/** Asks with a key. */
export const askWith =
  (key: string) =>
  (method: string, path: string, body?: unknown): Promise<Response> =>
    call(method, path, body, { authorization: `Bearer ${key}` });

/** Asks with the operator key. */
export const asOperator = askWith(operatorKeyOf(env.CRESSET_SECRET));
