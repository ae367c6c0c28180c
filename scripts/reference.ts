/**
 * `npm run reference`: writes the fields of every interface that goes over the wire into
 * `docs/reference/http.md`, between the marks that name it. The docstrings are the text; a test holds
 * the page up to date.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ACCESS, type RouteName } from '../worker/src/access.ts';
import { OPERATIONS } from './openapi-operations.ts';
import { callersOf, OPENAPI_FILE, openapiText } from './openapi.ts';
import { readInterfaces, type WireField, type WireInterface } from './wire-fields.ts';

const PAGE = 'docs/reference/http.md';
const MARKED = /(<!-- fields: (\w+) -->\n)[^]*?(<!-- \/fields -->)/g;

/** The interfaces of the contract, and of what the console's routes answer. */
export const wireInterfaces = (): WireInterface[] =>
  ['worker/src/contract/wire.ts', 'worker/src/console/answers.ts'].flatMap((file) =>
    readInterfaces(readFileSync(file, 'utf8')),
  );

const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;

const row = ({ name, optional, type, doc }: WireField): string =>
  `| ${code(name)} | ${code(type)} | ${optional ? '' : 'Always. '}${doc.replaceAll('|', '\\|')} |`;

function tableOf({ doc, extends: base, fields }: WireInterface): string {
  return [
    '',
    base === undefined ? doc : `${doc} All of \`${base}\`, and:`,
    '',
    '| field | type | meaning |',
    '| --- | --- | --- |',
    ...fields.map(row),
    '',
    '',
  ].join('\n');
}

/** The page with its tables as they should be. Throws for a mark that names no interface. */
export function withTables(page: string, interfaces: readonly WireInterface[]): string {
  return page.replaceAll(MARKED, (_, open: string, name: string, close: string) => {
    const found = interfaces.find((one) => one.name === name);
    if (found === undefined) throw new Error(`${PAGE} wants the fields of ${name}, which is gone`);
    return open + tableOf(found) + close;
  });
}

/** Who may call which route, for the page's table. */
function routesTable(): string {
  const rows = (Object.keys(ACCESS) as RouteName[]).map((route) => {
    const { summary, body, answer = '' } = OPERATIONS[route];
    const type = (name: string): string =>
      name.includes('/') || name === '' ? name : `[\`${name}\`](#${name.toLowerCase()})`;
    const shown = route.replace(/\{.*\}$/, '.js').replace('.js.js', '.js');
    return `| ${code(shown)} | ${callersOf(route)} | ${summary} | ${type(body ?? '')} | ${type(answer)} |`;
  });
  return [
    '',
    '| route | who may call | what | body | answer |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
    '',
  ].join('\n');
}

/** The page with its table of routes as it should be. */
export const withRoutes = (page: string): string =>
  page.replace(
    /(<!-- routes -->\n)[^]*?(<!-- \/routes -->)/,
    (_, open: string, close: string) => open + routesTable() + close,
  );

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(PAGE, withRoutes(withTables(page, wireInterfaces())));
  writeFileSync(OPENAPI_FILE, openapiText());
  spawnSync('oxfmt', [PAGE], { stdio: 'inherit' });
}
