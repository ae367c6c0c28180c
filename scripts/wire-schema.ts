/** The types of `wire.ts` as JSON Schema, with their docstrings: what the OpenAPI document says of answers. */

/** A JSON Schema of the dialect 2020-12. */
export type Schema = { [keyword: string]: unknown };

const TOKEN = /\/\*\*[^]*?\*\/|'[^']*'|[\w$]+|\[\]|[{}[\]|:;?(),=]/g;

/** Text of a docstring, links as names. */
const textOf = (doc: string): string =>
  doc
    .replaceAll(/^\/\*\*|\*\/$/g, '')
    .replaceAll(/^\s*\*\s?/gm, '')
    .replaceAll(/\{@link ([^}]+)\}/g, '`$1`')
    .replaceAll(/\s+/g, ' ')
    .trim();

const BASIC: Record<string, Schema> = {
  string: { type: 'string' },
  number: { type: 'number' },
  boolean: { type: 'boolean' },
  null: { type: 'null' },
  unknown: {},
};

/** Reads declarations token by token. Throws for what the contract does not use. */
class Reader {
  readonly #tokens: string[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = text.match(TOKEN) ?? [];
  }

  peek(): string {
    return this.#tokens[this.#at] ?? '';
  }

  next(): string {
    const token = this.peek();
    this.#at += 1;
    return token;
  }

  take(token: string): boolean {
    if (this.peek() !== token) return false;
    this.#at += 1;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw new Error(`"${this.peek()}" stands where "${token}" should`);
  }

  /** Docstrings here; the last one counts. */
  docs(): string {
    let doc = '';
    while (this.peek().startsWith('/**')) doc = textOf(this.next());
    return doc;
  }

  /** A union, of which `undefined` is left out: an optional field says it already. */
  type(): Schema {
    const members: Schema[] = [];
    do {
      this.docs();
      if (!this.take('undefined') && this.peek() !== '') members.push(this.#postfix());
      // Those of the next member stand before its bar.
      this.docs();
    } while (this.take('|'));
    return unionOf(members);
  }

  #postfix(): Schema {
    let schema = this.#primary();
    while (this.take('[]')) schema = { type: 'array', items: schema };
    return schema;
  }

  #primary(): Schema {
    const token = this.next();
    if (token === '|') return this.#primary();
    if (token === '{') return this.members();
    if (token === '(') {
      const schema = this.type();
      this.expect(')');
      return schema;
    }
    if (token.startsWith("'")) return { const: token.slice(1, -1) };
    const basic = Object.hasOwn(BASIC, token) ? BASIC[token] : undefined;
    if (basic !== undefined) return basic;
    if (!/^[A-Z]\w*$/.test(token)) throw new Error(`"${token}" is no type of the contract`);
    return { $ref: `#/components/schemas/${token}` };
  }

  /** The members of an object, behind its brace and up to the end of it. */
  members(): Schema {
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    let rest: Schema | undefined;
    for (;;) {
      const description = this.docs();
      if (this.take('}')) break;
      if (this.take('[')) {
        this.next();
        this.expect(':');
        this.expect('string');
        this.expect(']');
        this.expect(':');
        rest = this.type();
      } else {
        const name = this.next();
        const optional = this.take('?');
        this.expect(':');
        const schema = this.type();
        properties[name] = description === '' ? schema : { ...schema, description };
        if (!optional) required.push(name);
      }
      if (!this.take(';')) this.take(',');
    }
    return {
      type: 'object',
      ...(Object.keys(properties).length > 0 ? { properties } : {}),
      ...(required.length > 0 ? { required } : {}),
      ...(rest === undefined ? {} : { additionalProperties: rest }),
    };
  }
}

function unionOf(members: Schema[]): Schema {
  const [first = {}] = members;
  if (members.length < 2) return first;
  if (members.every((member) => 'const' in member)) {
    return { type: 'string', enum: members.map((member) => member['const']) };
  }
  return { anyOf: members };
}

/** Each exported type of a source by its name. */
export function wireSchemas(source: string): Record<string, Schema> {
  const schemas: Record<string, Schema> = {};
  const declared =
    /(\/\*\*(?:[^*]|\*(?!\/))*\*\/)?\s*export (interface|type) (\w+)(?: extends (\w+))? (?:\{|=)/g;
  for (const match of source.matchAll(declared)) {
    const [whole, doc = '', kind, name = '', base] = match;
    const reader = new Reader(source.slice(match.index + whole.length));
    const own = kind === 'interface' ? reader.members() : reader.type();
    const schema =
      base === undefined ? own : { allOf: [{ $ref: `#/components/schemas/${base}` }, own] };
    schemas[name] = doc === '' ? schema : { ...schema, description: textOf(doc) };
  }
  return schemas;
}
