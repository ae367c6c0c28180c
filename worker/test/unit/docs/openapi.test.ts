/** `/openapi.json` is valid, is what the worker goes by, and has every route and code. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import {
  codesOf,
  openapi,
  OPENAPI_FILE,
  openapiText,
  placeOf,
} from '../../../../scripts/openapi.ts';
import { withRoutes } from '../../../../scripts/reference.ts';
import { wireSchemas } from '../../../../scripts/wire-schema.ts';
import { ACCESS, type RouteName } from '../../../src/access.ts';
import { read, tableUnder } from './markdown.ts';

const document = openapi() as {
  paths: Record<string, Record<string, { operationId: string; security: object[] }>>;
  components: { schemas: Record<string, object>; securitySchemes: Record<string, object> };
};
const routes = Object.keys(ACCESS) as RouteName[];
const page = read('docs/reference/http.md');

describe('the OpenAPI document', () => {
  it('is valid', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors ?? []).toEqual([]);
    expect([valid, validator.version]).toEqual([true, '3.1']);
  });

  it('is what is served; else run: npm run reference', () => {
    expect(read(OPENAPI_FILE)).toBe(openapiText());
  });

  it('has every route, and no other', () => {
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const places = routes.map((route) => {
      const { method, path } = placeOf(route);
      return `${method} ${path}`;
    });
    expect(described.toSorted()).toEqual([...new Set(places)].toSorted());
    expect(described.length).toBeGreaterThan(50);
  });

  it('names each operation once', () => {
    const ids = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has every code of the reference, and no other', () => {
    const under = (heading: string): string[] =>
      tableUnder(page, heading).map(([code = '']) => code);
    const rows = new Set([
      ...under('## Errors of a whole request'),
      ...under('## Rejections of one event'),
    ]);
    // What a single call cannot have: its body is an object, and its path says the type.
    for (const code of ['not_an_object', 'type_missing']) rows.delete(code);
    const codes = new Set(routes.flatMap(codesOf));
    expect([...codes].toSorted()).toEqual([...rows].toSorted());
  });

  it('refers to nothing that it has not', () => {
    const names = [...openapiText().matchAll(/"\$ref": "([^"]+)"/g)].map(([, ref = '']) => ref);
    expect(names.length).toBeGreaterThan(100);
    const known = new Set(
      Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`),
    );
    expect(names.filter((name) => !known.has(name))).toEqual([]);
    const schemes = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods).flatMap(({ security }) => security.flatMap(Object.keys)),
    );
    expect([...new Set(schemes)].toSorted()).toEqual(
      Object.keys(document.components.securitySchemes).toSorted(),
    );
  });

  it('says limits and words of fields', () => {
    expect(document.components.schemas['SiteInput']).toMatchObject({
      additionalProperties: false,
      required: ['id', 'name', 'origins'],
      properties: {
        id: { pattern: '^[a-z0-9-]{1,64}$', description: expect.stringContaining('never changes') },
        origins: { maxItems: 100 },
      },
    });
    const maybe = { type: ['object', 'null'] };
    expect(document.components.schemas['IncomingEvent']).toMatchObject({
      properties: { properties: maybe, traits: maybe, context: maybe, integrations: maybe },
    });
    expect(document.components.schemas['TraitsRequest']).toMatchObject({
      properties: { traits: { type: 'object' } },
    });
  });
});

describe('types of the contract', () => {
  it('become schemas', () => {
    const source = `
      /** One of two. */
      export type Kind = 'a' | 'b';
      /** Why. */
      export type Reason =
        /** The first. */
        | 'FIRST'
        /** The second. */
        | 'SECOND';
      /** All. See {@link Kind}. */
      export interface Whole extends Base {
        /** How many. */
        count: number;
        kinds?: Kind[] | undefined;
        at: string | null;
        by: { [name: string]: { one: boolean; two?: unknown } };
        list: (string | number)[];
      }`;
    const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
    expect(wireSchemas(source)).toEqual({
      Kind: { type: 'string', enum: ['a', 'b'], description: 'One of two.' },
      Reason: { type: 'string', enum: ['FIRST', 'SECOND'], description: 'Why.' },
      Whole: {
        description: 'All. See `Kind`.',
        allOf: [
          ref('Base'),
          {
            type: 'object',
            required: ['count', 'at', 'by', 'list'],
            properties: {
              count: { type: 'number', description: 'How many.' },
              kinds: { type: 'array', items: ref('Kind') },
              at: { anyOf: [{ type: 'string' }, { type: 'null' }] },
              by: {
                type: 'object',
                additionalProperties: {
                  type: 'object',
                  properties: { one: { type: 'boolean' }, two: {} },
                  required: ['one'],
                },
              },
              list: { type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } },
            },
          },
        ],
      },
    });
  });

  it('are no others than those that the contract uses', () => {
    expect(() => wireSchemas('export type X = any;')).toThrow('"any" is no type of the contract');
  });
});

it('the table of routes is what access.ts says; else run: npm run reference', () => {
  const plain = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-{3,}/g, '---');
  expect(plain(withRoutes(page))).toBe(plain(page));
});
