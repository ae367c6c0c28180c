import { type OutputUnit, type Schema, Validator } from '@cfworker/json-schema';
import { SELF } from 'cloudflare:test';
import { afterAll, beforeAll } from 'vitest';
import { watcher } from './client.ts';

interface Described {
  content?: Record<string, { schema: Schema }>;
}
interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Described> }>>;
  components: object;
}

let document: Promise<Document> | undefined;
const served = (): Promise<Document> =>
  (document ??= SELF.fetch('https://cresset.example/openapi.json').then((answer) =>
    answer.json<Document>(),
  ));

/** The path of the document that a request goes to; one without parameters before others. */
const pathOf = ({ paths }: Document, asked: string): string | undefined => {
  const [plain = ''] = asked.split('?');
  const fits = (path: string): boolean =>
    new RegExp(`^${path.replaceAll('.', String.raw`\.`).replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(
      plain,
    );
  return plain in paths ? plain : Object.keys(paths).find(fits);
};

const validators = new Map<string, Validator>();

/** What is wrong with a body by a schema of the document. */
function faultsOf(document: Document, schema: Schema, body: unknown): OutputUnit[] {
  const name = JSON.stringify(schema);
  let validator = validators.get(name);
  if (validator === undefined) {
    // With the components, as schemas refer to them from the root.
    const whole = { ...schema, components: document.components };
    validators.set(name, (validator = new Validator(whole, '2020-12')));
  }
  return validator.validate(body).errors;
}

/** Throws where the document says of a route otherwise than what it has answered. */
export async function conforms(method: string, asked: string, response: Response): Promise<void> {
  const document = await served();
  const path = pathOf(document, asked);
  const operation = path === undefined ? undefined : document.paths[path]?.[method.toLowerCase()];
  // Of no route, or of a method that it does not take.
  if (operation === undefined) return;
  const said = `/openapi.json of ${method} ${path}, status ${response.status}`;
  const described = operation.responses[response.status];
  const text = await response.text();
  if (described === undefined) throw new Error(`${said}: not there, but answered ${text}`);
  if (described.content === undefined) {
    if (text !== '') throw new Error(`${said}: no content, but answered ${text}`);
    return;
  }
  const [type = ''] = (response.headers.get('content-type') ?? '').split(';');
  const content = described.content[type];
  if (content === undefined) throw new Error(`${said}: not ${type}`);
  if (!type.endsWith('json')) return;
  const [fault] = faultsOf(document, content.schema, JSON.parse(text)).toReversed();
  if (fault !== undefined) {
    throw new Error(`${said}: ${fault.instanceLocation} ${fault.error}, but answered ${text}`);
  }
}

/** Holds each answer that `call` gets in this file to what `/openapi.json` says of its route. Tells which routes these were. */
export function heldToDocument(): Set<string> {
  const seen = new Set<string>();
  beforeAll(() => {
    watcher.see = async (method, path, response) => {
      const { status } = response;
      await conforms(method, path, response);
      seen.add(`${method} ${pathOf(await served(), path)} ${status}`);
    };
  });
  afterAll(() => {
    watcher.see = undefined;
  });
  return seen;
}
