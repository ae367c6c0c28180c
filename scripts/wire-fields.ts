/** A field of an interface of the contract. */
export interface WireField {
  /** With the path to it where it stands in an inline object: `page.url`. */
  name: string;
  optional: boolean;
  /** As written, without `| undefined`. An inline object is `object`; its fields follow. */
  type: string;
  /** Its docstring on one line; empty where it has none. */
  doc: string;
}

/** An interface of the contract. */
export interface WireInterface {
  name: string;
  extends: string | undefined;
  doc: string;
  fields: WireField[];
}

const INTERFACE =
  /(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\n)?export interface (\w+)(?: extends (\w+))? \{/g;
const MEMBER = /\s*(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\s*)?(?:(\w+)(\?)?|\[[^\]]*\]):\s*/y;

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const docOf = (comment: string | undefined): string =>
  oneLine((comment ?? '').replaceAll(/^\s*\*/gm, '')).replaceAll(/\{@link ([\w.]+)\}/g, '`$1`');

/** Where what opened at `from` ends: the place of the first of `ends` that stands in no bracket or comment. */
function endOf(text: string, from: number, ends: string): number {
  let depth = 0;
  for (let i = from; i < text.length; i++) {
    const char = text.charAt(i);
    if (depth === 0 && ends.includes(char)) return i;
    if (text.startsWith('/*', i)) i = text.indexOf('*/', i) + 1;
    else if ('{([<'.includes(char)) depth++;
    else if ('})]>'.includes(char)) depth--;
  }
  throw new Error(`nothing ends what begins at ${text.slice(from, from + 40)}`);
}

function fieldsOf(inside: string, path: string): WireField[] {
  // The last member on a line of several has no semicolon.
  const body = `${inside};`;
  const fields: WireField[] = [];
  let at = 0;
  for (;;) {
    MEMBER.lastIndex = at;
    const [whole, comment, name, optional] = MEMBER.exec(body) ?? [];
    if (whole === undefined) return fields;
    const start = at + whole.length;
    const end = endOf(body, start, ';');
    at = end + 1;
    // An index signature: whatever else is sent.
    if (name === undefined) continue;
    const type = oneLine(body.slice(start, end)).replaceAll(/^\| | \| undefined$/g, '');
    const inline = /^\{ (?!\[)/.test(type);
    fields.push({
      name: path + name,
      optional: optional === '?',
      type: inline ? type.replace(/^\{[^]*\}/, 'object') : type,
      doc: docOf(comment),
    });
    if (inline) {
      const open = body.indexOf('{', start) + 1;
      fields.push(...fieldsOf(body.slice(open, endOf(body, open, '}')), `${path}${name}.`));
    }
  }
}

/** The interfaces of `wire.ts`. Knows just the TypeScript that this file is written in. */
export function readInterfaces(source: string): WireInterface[] {
  return [...source.matchAll(INTERFACE)].map((match) => {
    const [whole, comment, name = '', base] = match;
    const start = match.index + whole.length;
    const body = source.slice(start, endOf(source, start, '}'));
    return { name, extends: base, doc: docOf(comment), fields: fieldsOf(body, '') };
  });
}
