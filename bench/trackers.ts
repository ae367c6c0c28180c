import { build } from 'esbuild';
import { readFileSync } from 'node:fs';
import { type MakePage, stub, tag } from './pages.ts';
import { WRITE_KEY } from './traffic.ts';

/** Calls of track after the page view. */
export const ACTIONS = 10;

const COLLECTOR = "new URLSearchParams(location.search).get('collector')";
const calls = (call: string): string =>
  `for (let action = 0; action < ${ACTIONS}; action++) ${call};`;

/** The calls of a page that has the tag, as early as can be. */
const EARLY = stub(calls("cresset('track','Action',{action})"));
/** A page that makes them. */
export const earlyPage: MakePage = (collector) => ({ head: EARLY + tag(collector) });

/** What a page that bundles the tracker would write: init, the page view that each sends by itself, and the calls. */
const MODULES = {
  cresset: `import { init } from './dist/index.js';
    const cresset = init({ key: '${WRITE_KEY}', host: ${COLLECTOR} });
    ${calls("cresset.track('Action', { action })")}`,
  plausible: `import { init, track } from '@plausible-analytics/tracker';
    init({ domain: 'bench.example', endpoint: ${COLLECTOR} + '/api/event', captureOnLocalhost: true });
    ${calls("track('Action', { props: { action: String(action) } })")}`,
  openpanel: `import { OpenPanel } from '@openpanel/web';
    const op = new OpenPanel({ clientId: 'bench', apiUrl: ${COLLECTOR}, trackScreenViews: true });
    ${calls("void op.track('Action', { action })")}`,
};

/** One of those that are compared. */
export interface Tracker {
  /** As it is shown, with its version. */
  name: string;
  /** Of the page with it. */
  path: string;
  page: MakePage;
  /** JavaScript that the page loads. */
  script: string;
}

async function bundle(code: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: '.' },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    // Loaded only where a session is replayed.
    external: ['./replay-*'],
    logLevel: 'error',
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error('esbuild made nothing');
  return output.text;
}

const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string })
    .version;

async function bundled(key: keyof typeof MODULES, name: string): Promise<Tracker> {
  const path = `/${key}`;
  return {
    name,
    path,
    page: () => ({ head: `<script async src="${path}.js"></script>` }),
    script: await bundle(MODULES[key]),
  };
}

/** The tag and the module of Cresset, and the two smallest of the peers, each on a page of its own. */
export async function trackers(): Promise<
  Record<'tag' | 'module' | 'plausible' | 'openpanel', Tracker>
> {
  return {
    tag: {
      name: 'c.js',
      path: '/tag',
      // From the same server as the other scripts, so that all are fetched alike.
      page: (collector) => ({
        head: EARLY + tag('').replace('src="/c.js"', `src="/tag.js" data-host="${collector}"`),
      }),
      script: readFileSync('dist/c.js', 'utf8'),
    },
    module: await bundled('cresset', 'the module'),
    plausible: await bundled('plausible', `Plausible ${versionOf('@plausible-analytics/tracker')}`),
    openpanel: await bundled('openpanel', `OpenPanel ${versionOf('@openpanel/web')}`),
  };
}
