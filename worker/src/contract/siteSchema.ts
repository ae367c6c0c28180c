/** Sites and keys of `wire.ts` as zod schemas: see `schema.ts`. */
import * as z from 'zod';
import { MAX_ORIGIN_LENGTH, MAX_ORIGINS, originFault } from '../site/origins.ts';
import { SCOPES } from '../site/scopes.ts';
import { mirror } from './mirror.ts';
import { MAX_OVERLAP, MAX_SITE_NAME_LENGTH } from './values.ts';
import type * as wire from './wire.ts';

const origin = z
  .string()
  .check(z.maxLength(MAX_ORIGIN_LENGTH))
  .check((ctx) => {
    const message = originFault(ctx.value);
    if (message !== undefined) ctx.issues.push({ code: 'custom', input: ctx.value, message });
  });
const origins = z.array(origin).check(z.maxLength(MAX_ORIGINS));
const name = z.string().check(z.minLength(1), z.maxLength(MAX_SITE_NAME_LENGTH));

export const siteInput = mirror<wire.SiteInput>()(
  z.strictObject({
    id: z
      .string()
      .check(z.regex(/^[a-z0-9-]{1,64}$/, 'must be 1 to 64 small letters, digits or "-"')),
    name,
    origins,
  }),
);

export const sitePatch = mirror<wire.SitePatch>()(
  z.strictObject({ name: name.optional(), origins: origins.optional() }),
);

export const keyInput = mirror<wire.KeyInput>()(
  z
    .strictObject({
      kind: z.enum(['write', 'secret']),
      name: z.string().check(z.maxLength(100)).optional(),
      scopes: z.array(z.enum(SCOPES)).check(z.minLength(1)).optional(),
      expiresAt: z.iso.datetime({ offset: true }).nullable().optional(),
    })
    .check((ctx) => {
      const { kind, scopes } = ctx.value;
      if (kind === 'secret' || scopes === undefined) return;
      ctx.issues.push({
        code: 'custom',
        input: ctx.value,
        path: ['scopes'],
        message: 'must be left out: a write key sends events and asks for decisions, and no more',
      });
    }),
);

export const keyRotation = mirror<wire.KeyRotation>()(
  z.strictObject({ overlap: z.int().check(z.gte(0), z.lte(MAX_OVERLAP)).optional() }),
);
