import { hkdfSync } from 'node:crypto';

/** The operator key, as `worker/src/site/operatorKey.ts` derives it from the worker secret. */
export const operatorKey = (secret: string): string =>
  `ok_${Buffer.from(hkdfSync('sha256', secret, 'cresset', 'operator key', 32)).toString('base64url')}`;
