/** The OpenAPI document, made of what the worker goes by: `access.ts`, the zod schemas, `wire.ts` and the table of codes. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { ACCESS, type Access, type RouteName } from '../worker/src/access.ts';
import * as schema from '../worker/src/contract/schema.ts';
import * as siteSchema from '../worker/src/contract/siteSchema.ts';
import { type Operation, OPERATIONS } from './openapi-operations.ts';
import { type Schema, wireSchemas } from './wire-schema.ts';

/** What the worker serves. Text for wrangler: nothing of it is read before somebody asks. */
export const OPENAPI_FILE = 'worker/src/openapi/openapi.txt';

/** The zod schemas that check bodies, by their names in `wire.ts`. */
const BODIES: Record<string, z.ZodType> = {
  BatchRequest: schema.batchRequest,
  IncomingEvent: schema.incomingEvent,
  DecideRequest: schema.decideRequest,
  Condition: schema.condition,
  CampaignInput: schema.campaignInput,
  CampaignPatch: schema.campaignPatch,
  MergeRequest: schema.mergeRequest,
  SplitRequest: schema.splitRequest,
  TraitsRequest: schema.traitsRequest,
  SettingsPatch: schema.settingsPatch,
  DiscardRequest: schema.discardRequest,
  ReplayRequest: schema.replayRequest,
  SiteInput: siteSchema.siteInput,
  SitePatch: siteSchema.sitePatch,
  KeyInput: siteSchema.keyInput,
  KeyRotation: siteSchema.keyRotation,
};

/** The schemas by their names in `wire.ts`. */
type Types = Record<string, Schema>;

const refTo = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });

/** Bodies as zod has them, with the words of `wire.ts`; the rest as `wire.ts` has it. */
function schemas(): Types {
  const wire = wireSchemas(
    ['worker/src/contract/wire.ts', 'worker/src/console/answers.ts']
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n'),
  );
  const registry = z.registry<{ id: string }>();
  for (const [id, body] of Object.entries(BODIES)) registry.add(body, { id });
  const made = z.toJSONSchema(registry, {
    io: 'input',
    unrepresentable: 'any',
    uri: (id) => `#/components/schemas/${id}`,
    override: ({ zodSchema, jsonSchema }) => {
      // A check of our own is any value to zod: one that takes an object and no text is for objects.
      const takes = (value: unknown): boolean => z.safeParse(zodSchema, value).success;
      if (zodSchema._zod.def.type === 'custom' && takes({}) && !takes('')) {
        jsonSchema.type = 'object';
      }
    },
  }).schemas as Record<string, Schema>;
  const checked = Object.entries(made).map(([name, one]): [string, Schema] => {
    const { $schema: _, $id: __, ...body } = one;
    return [name, { ...body, ...documented(body, wire[name]) }];
  });
  return { ...wire, ...Object.fromEntries(checked) };
}

/** The description of a body and of its fields, which zod does not have. */
function documented(body: Schema, wire: Schema = {}): Schema {
  const words = (wire['properties'] ?? {}) as Record<string, Schema>;
  const fields = body['properties'] as Record<string, Schema> | undefined;
  return {
    ...(wire['description'] === undefined ? {} : { description: wire['description'] }),
    ...(fields === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(fields).map(([name, field]) => {
              const description = words[name]?.['description'];
              return [name, description === undefined ? field : { ...field, description }];
            }),
          ),
        }),
  };
}

/** Status by code of an error, as docs/reference/http.md has them; a test holds these to the source. */
function statuses(): Map<string, string> {
  const page = readFileSync('docs/reference/http.md', 'utf8');
  const under = (heading: string): string =>
    page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  const rejections = under('Rejections of one event').matchAll(/^\| `(\w+)` /gm);
  const errors = under('Errors of a whole request').matchAll(/^\| `(\w+)` +\| (\d{3}) /gm);
  return new Map([
    // Of a single call, which is the one event.
    ...[...rejections].map(([, code = '']) => [code, '400'] as const),
    ...[...errors].map(([, code = '', status = '']) => [code, status] as const),
  ]);
}

const READING = ['body_unreadable', 'body_not_an_object', 'body_too_deep', 'body_too_large'];
const BODY = [...READING, 'encoding_unsupported', 'invalid_field'];
const KEY = ['key_missing', 'key_unknown', 'site_unavailable'];

/** Codes that a route answers, by what it is. */
export function codesOf(route: RouteName): string[] {
  const { body, errors = [] } = OPERATIONS[route];
  const access: Access = ACCESS[route];
  const codes = new Set(['internal', ...errors, ...(body === undefined ? [] : BODY)]);
  const add = (...more: string[]): void => {
    for (const code of more) codes.add(code);
  };
  // The pixel is always the picture.
  if (access === 'anybody' || route === 'GET /v1/pixel/:type') return [...codes];
  add(...KEY);
  // The settings documents of other SDKs are not counted.
  if (access !== 'sender' || route.startsWith('POST ')) add('rate_limited');
  if (access === 'operator') add('secret_key_needed', 'operator_key_needed');
  else if (access === 'sender') add('method_not_allowed');
  else add('secret_key_needed', 'scope_missing');
  if (access === 'sender' && route.startsWith('POST ')) add('origin_not_allowed', 'scope_missing');
  if (route.includes(':site')) add('site_not_found');
  return [...codes];
}

/** Who may call, as security requirements: one of them is enough, and each names the scope that the key needs. */
function securityOf(route: RouteName): Record<string, string[]>[] {
  const access: Access = ACCESS[route];
  if (access === 'anybody') return [];
  if (access === 'operator') return [{ operatorKey: [] }];
  const inHeader = [{ writeKey: [] }, { writeKeyAsUser: [] }];
  if (access === 'sender') {
    // The empty one: the key may stand in the body, or in the path or the query.
    return route.startsWith('POST ') ? [...inHeader, { secretKey: ['events'] }, {}] : [{}];
  }
  if ('all' in access) return [{ secretKey: [...access.all] }];
  const keys: Record<string, string[]>[] = access.map((scope) => ({ secretKey: [scope] }));
  return route.includes(':site') ? [...keys, { operatorKey: [] }] : keys;
}

/** Who may call, in words. */
export function callersOf(route: RouteName): string {
  const access: Access = ACCESS[route];
  if (access === 'anybody') return 'anybody';
  if (access === 'operator') return 'operator key';
  if (access === 'sender') {
    return route.startsWith('POST ') ? 'write key, or secret key: `events`' : 'write key';
  }
  if ('all' in access) return access.all.map((scope) => `\`${scope}\``).join(' and ');
  const scopes = access.map((scope) => `\`${scope}\``).join(' or ');
  return route.includes(':site') ? `${scopes}, or operator key` : scopes;
}

/** A route's method, and its path as OpenAPI writes it. The two kinds of files under `/c/` are one path there. */
export function placeOf(route: string): { method: string; path: string } {
  const [method = '', path = ''] = route.split(' ');
  const plain = path.startsWith('/c/') ? '/c/{file}' : path.replaceAll(/:(\w+)/g, '{$1}');
  return { method: method.toLowerCase(), path: plain };
}

const PARAMETERS: Record<string, Schema> = {
  kind: { type: 'string', enum: ['user', 'anon'] },
  type: { type: 'string', enum: ['identify', 'track', 'page', 'screen', 'group', 'alias'] },
  file: { type: 'string', pattern: String.raw`^(?:[a-z]+|[0-9a-f]{16})\.js$` },
};

function parametersOf(path: string, { query = {} }: Operation): Schema[] {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: PARAMETERS[name] ?? { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, description]) => ({
    name,
    in: 'query',
    description,
    schema: name === 'limit' ? { type: 'integer' } : { type: 'string' },
  }));
  return [...inPath, ...inQuery];
}

function answerOf({ answer, summary, isPartial }: Operation, types: Types): Schema {
  if (answer === undefined) return { description: summary };
  const isType = !answer.includes('/');
  const { required: _, ...fields } = types[answer] ?? {};
  return {
    description: summary,
    content: isType
      ? { 'application/json': { schema: isPartial === true ? fields : refTo(answer) } }
      : { [answer]: { schema: answer === 'application/json' ? {} : { type: 'string' } } },
  };
}

function responsesOf(route: RouteName, known: ReadonlyMap<string, string>, types: Types): Schema {
  const operation = OPERATIONS[route];
  const byStatus = new Map<string, string[]>();
  for (const code of codesOf(route)) {
    const status = known.get(code);
    if (status === undefined) throw new Error(`docs/reference/http.md has no row for "${code}"`);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  const errors = [...byStatus].toSorted(([a], [b]) => Number(a) - Number(b));
  const pending = ['ChangeAnswer', 'ErasureReceipt'].includes(operation.answer ?? '');
  return {
    [String(operation.status ?? 200)]: answerOf(operation, types),
    ...(pending && route.startsWith('POST') ? { '202': answerOf(operation, types) } : {}),
    ...(operation.hasEtag === true
      ? { '304': { description: 'It is still what `If-None-Match` names' } }
      : {}),
    ...Object.fromEntries(
      errors.map(([status, codes]) => [
        status,
        {
          description: `\`code\` is one of: ${codes.join(', ')}`,
          ...(status === '429' || status === '503'
            ? {
                headers: {
                  'retry-after': {
                    description: 'Seconds after which to send the same again',
                    schema: { type: 'integer' },
                  },
                },
              }
            : {}),
          content: {
            'application/problem+json': {
              schema: { allOf: [refTo('Problem'), { properties: { code: { enum: codes } } }] },
            },
          },
        },
      ]),
    ),
  };
}

const idOf = ({ method, path }: { method: string; path: string }): string =>
  `${method}${path.replaceAll(/[^A-Za-z0-9]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`;

/** The whole document, of OpenAPI 3.1. */
export function openapi(): Schema {
  const known = statuses();
  const types = schemas();
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of Object.keys(ACCESS) as RouteName[]) {
    const operation = OPERATIONS[route];
    const place = placeOf(route);
    const parameters = parametersOf(place.path, operation);
    (paths[place.path] ??= {})[place.method] = {
      operationId: idOf(place),
      summary: operation.summary,
      description: `Who may call: ${callersOf(route)}.`,
      security: securityOf(route),
      ...(parameters.length === 0 ? {} : { parameters }),
      ...(operation.body === undefined
        ? {}
        : {
            requestBody: {
              required: true,
              description: `At most ${operation.limit} KB, unpacked.`,
              content: { 'application/json': { schema: refTo(operation.body) } },
            },
          }),
      responses: responsesOf(route, known, types),
    };
  }
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Cresset',
      version,
      description:
        'Events in, profiles and decisions out. The reference with examples is docs/reference/http.md.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      securitySchemes: {
        writeKey: { type: 'http', scheme: 'bearer', description: 'A write key (wk_…).' },
        writeKeyAsUser: {
          type: 'http',
          scheme: 'basic',
          description: 'A key as user name, without a password.',
        },
        secretKey: {
          type: 'http',
          scheme: 'bearer',
          description: 'A secret key (sk_…) that has the scope that is named.',
        },
        operatorKey: { type: 'http', scheme: 'bearer', description: 'The operator key (ok_…).' },
      },
      schemas: types,
    },
  };
}

/** The document as it is served. */
export const openapiText = (): string => `${JSON.stringify(openapi(), null, 1)}\n`;
