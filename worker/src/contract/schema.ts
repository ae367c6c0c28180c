/**
 * The wire types of `wire.ts` as zod schemas, for the worker only. Each is tied to its interface by an
 * exact type equality, so a field that stands on one side only does not compile.
 */
import * as z from 'zod';
import { mirror } from './mirror.ts';
import {
  MAX_GROUP_ID_LENGTH,
  MAX_ID_LENGTH,
  MAX_MESSAGE_ID_LENGTH,
  MAX_NAME_LENGTH,
  MAX_SLOT_LENGTH,
  MAX_SLOTS,
} from './values.ts';
import type * as wire from './wire.ts';

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

// The text was parsed as JSON and its depth was checked: what is in an object is JSON already, and
// walking it again for each event would cost more than the rest of the validation.
const jsonObject = z.custom<wire.JsonObject>(isObject, 'must be an object');
const context = z.custom<wire.EventContext>(isObject, 'must be an object');
const decideContext = z.custom<wire.DecideContext>(isObject, 'must be an object');
const id = z.union([z.string(), z.number()], 'must be a string');

const slot = z.string().check(z.minLength(1), z.maxLength(MAX_SLOT_LENGTH));
const isoTime = z.iso.datetime({ offset: true });

export const incomingEvent = mirror<wire.IncomingEvent>()(
  z.object({
    type: z.enum(['page', 'track', 'identify', 'alias', 'group', 'screen']).optional(),
    anonymousId: id.nullable().optional(),
    userId: id.nullable().optional(),
    messageId: z.string().check(z.maxLength(MAX_MESSAGE_ID_LENGTH)).nullable().optional(),
    timestamp: z.string().nullable().optional(),
    originalTimestamp: z.string().nullable().optional(),
    sentAt: z.string().nullable().optional(),
    event: z.string().check(z.maxLength(MAX_NAME_LENGTH)).nullable().optional(),
    name: z.string().check(z.maxLength(MAX_NAME_LENGTH)).nullable().optional(),
    category: z.string().check(z.maxLength(MAX_NAME_LENGTH)).nullable().optional(),
    properties: jsonObject.nullable().optional(),
    traits: jsonObject.nullable().optional(),
    groupId: z
      .union([z.string().check(z.maxLength(MAX_GROUP_ID_LENGTH)), z.number()])
      .nullable()
      .optional(),
    previousId: id.nullable().optional(),
    signature: z.string().check(z.maxLength(200)).optional(),
    context: context.nullable().optional(),
    integrations: jsonObject.nullable().optional(),
  }),
);

export const batchRequest = mirror<wire.BatchRequest>()(
  z.object({
    batch: z.array(z.unknown(), 'must be an array of events'),
    writeKey: z.string().optional(),
    sentAt: z.string().nullable().optional(),
    context: context.nullable().optional(),
    integrations: jsonObject.nullable().optional(),
    decide: z.array(slot).check(z.maxLength(MAX_SLOTS)).optional(),
    fresh: z.boolean().optional(),
  }),
);

export const decideRequest = mirror<wire.DecideRequest>()(
  z.object({
    writeKey: z.string().optional(),
    anonymousId: id.nullable().optional(),
    userId: id.nullable().optional(),
    signature: z.string().check(z.maxLength(200)).optional(),
    fresh: z.boolean().optional(),
    slots: z.array(slot).check(z.minLength(1), z.maxLength(MAX_SLOTS)),
    context: decideContext.nullable().optional(),
    explain: z.boolean().optional(),
  }),
);

/**
 * https, mailto, tel, or relative: whatever runs script, reads data or is not encrypted is refused, and so is what
 * looks relative but leaves the origin (`//other.example`; browsers take a backslash for a slash there).
 */
const url = z
  .string()
  .check(
    z.maxLength(2000),
    z.regex(
      /^(?!\s)(?:(?:https|mailto|tel):|(?![a-z][a-z0-9+.-]*:|[/\\]{2}))[^\p{Cc}]*$/iu,
      'must be an https, mailto, tel or relative URL',
    ),
  );
const title = z.string().check(z.minLength(1), z.maxLength(200));
const text = z.string().check(z.maxLength(500));
const label = z.string().check(z.maxLength(60));
const spoken = z.string().check(z.minLength(1), z.maxLength(60));

const bannerContent = mirror<wire.BannerContent>()(
  z.strictObject({
    title,
    text: text.optional(),
    image: url.optional(),
    imageAlt: z.string().check(z.maxLength(200)).optional(),
    href: url.optional(),
    action: label.optional(),
    code: label.optional(),
  }),
);

const textContent = mirror<wire.TextContent>()(
  z.strictObject({ text: text.check(z.minLength(1)), href: url.optional() }),
);

const item = mirror<wire.OfferItem>()(
  z
    .strictObject({
      name: title,
      url,
      image: url.optional(),
      price: z.number().check(z.gte(0)).optional(),
      currency: z
        .string()
        .check(z.regex(/^[A-Z]{3}$/, 'must be a code of ISO 4217, such as "EUR"'))
        .optional(),
    })
    .check((ctx) => {
      const { price, currency } = ctx.value;
      if ((price === undefined) === (currency === undefined)) return;
      const [there, missing] = price === undefined ? ['currency', 'price'] : ['price', 'currency'];
      ctx.issues.push({
        code: 'custom',
        input: ctx.value,
        path: [missing],
        message: `must come with "${there}"`,
      });
    }),
);

const itemsContent = mirror<wire.ItemsContent>()(
  z.strictObject({ title, items: z.array(item).check(z.minLength(1), z.maxLength(12)) }),
);

const couponContent = mirror<wire.CouponContent>()(
  z.strictObject({
    title,
    text: text.optional(),
    code: spoken,
    expires: z.iso.date('must be a day, such as "2026-12-31"').optional(),
    until: label.optional(),
    copy: spoken.optional(),
    copied: spoken.optional(),
    href: url.optional(),
    action: label.optional(),
  }),
);

const dismiss = spoken.optional();
const offer = mirror<wire.Offer>()(
  z.discriminatedUnion(
    'kind',
    [
      z.strictObject({ kind: z.literal('banner'), content: bannerContent, dismiss }),
      z.strictObject({ kind: z.literal('text'), content: textContent, dismiss }),
      z.strictObject({ kind: z.literal('items'), content: itemsContent, dismiss }),
      z.strictObject({ kind: z.literal('coupon'), content: couponContent, dismiss }),
    ],
    'must be "banner", "text", "items" or "coupon"',
  ),
);

const key = z
  .string()
  .check(z.regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "-" or "_"'));

const scalar = z.union([z.string().check(z.maxLength(500)), z.number(), z.boolean()]);
const FIELD =
  /^(?:context\.(?:url|host|path|search|referrer|referrerHost|entrance|device|browser|os|language|country|region|city|channel|source|medium|campaign|pageGroup|traffic|query\..+|custom\..+)|profile\.(?:traits\..+|(?:counters|categories)\..+\.(?:count|first|last)|topCategory|cart\.(?:value|quantity|currency|updated)|orders\.(?:count|revenue|last)|firstSeen|lastSeen))$/s;

const comparison = z
  .strictObject({
    field: z
      .string()
      .check(
        z.maxLength(300),
        z.regex(FIELD, 'is not a known field; see the list under Condition in the reference'),
      ),
    op: z.enum([
      'eq',
      'ne',
      'gt',
      'gte',
      'lt',
      'lte',
      'in',
      'notIn',
      'contains',
      'startsWith',
      'endsWith',
      'exists',
      'newerThan',
      'olderThan',
    ]),
    value: z.union([scalar, z.array(scalar).check(z.maxLength(200))]),
  })
  .check((ctx) => {
    const { op, value } = ctx.value;
    const wants =
      op === 'in' || op === 'notIn'
        ? 'an array'
        : op === 'exists'
          ? 'true or false'
          : op === 'newerThan' || op === 'olderThan'
            ? 'a number of seconds'
            : op === 'gt' || op === 'gte' || op === 'lt' || op === 'lte'
              ? 'a number'
              : op === 'contains' || op === 'startsWith' || op === 'endsWith'
                ? 'a string'
                : 'a string, a number, true or false';
    const fits =
      wants === 'an array'
        ? Array.isArray(value)
        : wants === 'true or false'
          ? typeof value === 'boolean'
          : wants === 'a string'
            ? typeof value === 'string'
            : wants.startsWith('a number')
              ? typeof value === 'number'
              : !Array.isArray(value);
    if (!fits) {
      ctx.issues.push({
        code: 'custom',
        input: value,
        path: ['value'],
        message: `must be ${wants} for "${op}"`,
      });
    }
  });

export const condition: z.ZodType<wire.Condition> = z.lazy(() =>
  z.union([
    z.strictObject({ all: z.array(condition).check(z.maxLength(50)) }),
    z.strictObject({ any: z.array(condition).check(z.maxLength(50)) }),
    z.strictObject({ not: condition }),
    comparison,
  ]),
);

const variantInput = mirror<wire.VariantInput>()(
  z.strictObject({
    key,
    weight: z.number().check(z.gte(0), z.lte(10_000)).optional(),
    conditions: condition.optional(),
    offer,
  }),
);

const variants = z
  .array(variantInput)
  .check(z.minLength(1), z.maxLength(20))
  .check((ctx) => {
    const keys = ctx.value.map((variant) => variant.key);
    if (new Set(keys).size < keys.length) {
      ctx.issues.push({
        code: 'custom',
        input: keys,
        message: 'must have keys that differ from each other',
      });
    }
  });

const name = z.string().check(z.minLength(1), z.maxLength(200));
const priority = z.int().check(z.gte(-1000), z.lte(1000));

export const campaignInput = mirror<wire.CampaignInput>()(
  z.strictObject({
    id: key,
    name,
    slot,
    priority: priority.optional(),
    enabled: z.boolean().optional(),
    startsAt: isoTime.nullable().optional(),
    endsAt: isoTime.nullable().optional(),
    conditions: condition.nullable().optional(),
    variants,
  }),
);

export const campaignPatch = mirror<wire.CampaignPatch>()(
  z.strictObject({
    name: name.optional(),
    slot: slot.optional(),
    priority: priority.optional(),
    enabled: z.boolean().optional(),
    startsAt: isoTime.nullable().optional(),
    endsAt: isoTime.nullable().optional(),
    conditions: condition.nullable().optional(),
    variants: variants.optional(),
  }),
);

const kind = z.enum(['user', 'anon']);
const reason = z.string().check(z.maxLength(500));

export const mergeRequest = mirror<wire.MergeRequest>()(
  z.strictObject({ kind, id, reason: reason.optional() }),
);

export const splitRequest = mirror<wire.SplitRequest>()(
  z.strictObject({ reason: reason.optional() }),
);

export const traitsRequest = mirror<wire.TraitsRequest>()(z.strictObject({ traits: jsonObject }));

const whole = (least: number, most: number): z.ZodInt => z.int().check(z.gte(least), z.lte(most));

const pattern = z.string().check(z.minLength(1), z.maxLength(200));

const pageGroup = mirror<wire.PageGroup>()(
  z.strictObject({
    name: z.string().check(z.minLength(1), z.maxLength(100)),
    urls: z.array(pattern).check(z.minLength(1), z.maxLength(20)),
  }),
);

const trafficRule = mirror<wire.TrafficRule>()(
  z.strictObject({
    as: z.enum(['internal', 'test']),
    by: z.enum(['address', 'cookie', 'parameter']),
    value: pattern,
  }),
);

export const settingsPatch = mirror<wire.SettingsPatch>()(
  z.strictObject({
    timelineDays: whole(1, 90).optional(),
    timelineEvents: whole(100, 10_000).optional(),
    maxAnonymousIds: whole(1, 10_000).optional(),
    maxExternalIds: whole(0, 100).optional(),
    placeholders: z
      .array(z.string().check(z.minLength(1), z.maxLength(MAX_ID_LENGTH)))
      .check(z.maxLength(100))
      .optional(),
    pageGroups: z.array(pageGroup).check(z.maxLength(100)).optional(),
    trafficRules: z.array(trafficRule).check(z.maxLength(100)).optional(),
    rejectAbove: whole(0, 99).nullable().optional(),
  }),
);

const filterText = (longest: number): z.ZodOptional<z.ZodString> =>
  z.string().check(z.minLength(1), z.maxLength(longest)).optional();

export const quarantineFilter = mirror<wire.QuarantineFilter>()(
  z.strictObject({
    code: filterText(100),
    library: filterText(100),
    type: filterText(100),
    event: filterText(MAX_NAME_LENGTH),
    from: isoTime.optional(),
    to: isoTime.optional(),
    userId: filterText(MAX_ID_LENGTH),
    anonymousId: filterText(MAX_ID_LENGTH),
    text: filterText(200),
  }),
);

const quarantineId = z.string().check(z.regex(/^[\w-]{1,64}$/, 'must be the id of an event'));

const cursor = z.string().check(z.maxLength(100)).optional();

/** What is meant is said once. */
const exactlyOne = (ctx: z.core.ParsePayload<{ ids?: unknown; filter?: unknown }>): void => {
  const { ids, filter } = ctx.value;
  if ((ids === undefined) !== (filter === undefined)) return;
  ctx.issues.push({
    code: 'custom',
    input: ctx.value,
    path: ['ids'],
    message: 'must be there, or "filter", and not both',
  });
};

export const discardRequest = mirror<wire.DiscardRequest>()(
  z
    .strictObject({
      ids: z.array(quarantineId).check(z.minLength(1), z.maxLength(1_000)).optional(),
      filter: quarantineFilter.optional(),
      after: cursor,
    })
    .check(exactlyOne),
);

const pointer = z.string().check(z.maxLength(1_000));
/** The body was parsed as JSON: whatever stands in it is. */
const json = z.custom<wire.Json>((value) => value !== undefined, 'must be there');

const patchStep = mirror<wire.PatchStep>()(
  z.strictObject({
    op: z.enum(['add', 'remove', 'replace', 'move', 'copy', 'test']),
    path: pointer,
    from: pointer.optional(),
    value: json.optional(),
  }),
);

export const replayRequest = mirror<wire.ReplayRequest>()(
  z
    .strictObject({
      ids: z.array(quarantineId).check(z.minLength(1), z.maxLength(100)).optional(),
      filter: quarantineFilter.optional(),
      after: cursor,
      patch: z
        .union([z.array(patchStep).check(z.minLength(1), z.maxLength(50)), jsonObject])
        .optional(),
      event: jsonObject.optional(),
      dryRun: z.boolean().optional(),
    })
    .check(exactlyOne),
);

/** Of a union's alternatives the one that was meant: its fields are known, little is wrong, and that deep inside. */
const closest = (alternatives: z.core.$ZodIssue[][]): z.core.$ZodIssue[] => {
  const rank = (issues: z.core.$ZodIssue[]): [number, number, number] => [
    issues.some((issue) => issue.code === 'unrecognized_keys') ? 1 : 0,
    issues.length,
    -(issues[0]?.path.length ?? 0),
  ];
  return (
    alternatives
      .map((issues) => ({ issues, ranks: rank(issues) }))
      .sort(({ ranks: a }, { ranks: b }) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2])[0]?.issues ??
    []
  );
};

/** The first thing wrong, as a dotted path and a sentence that names the field. */
export function firstIssue(error: z.core.$ZodError): { path: string; message: string } {
  let issue = error.issues[0];
  const path = [...(issue?.path ?? [])];
  while (issue?.code === 'invalid_union' && issue.errors.length > 0) {
    issue = closest(issue.errors)[0];
    path.push(...(issue?.path ?? []));
  }
  return { path: path.map(String).join('.'), message: issue?.message ?? 'is not valid' };
}
