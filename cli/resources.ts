import { readFileSync, writeFileSync } from 'node:fs';
import { mustRun, wrangler } from './wrangler.ts';

/** Seconds for which a queue keeps a message: 14 days, as docs/how-to/deploy.md says. */
const RETENTION = '1209600';
/** Name of the rule by which chunks of events expire. */
const RULE = 'expire-chunks';
/** What stands in wrangler.toml before there is an id. */
const NO_ID = /"0{8}-(?:0{4}-){3}0{12}"|"0{32}"/;

/** Makes what is not there. True where it was made. */
function ensure(look: string[], make: string[]): boolean {
  if (wrangler(look).ok) return false;
  mustRun(make);
  return true;
}

/**
 * The id of the key-value namespace, which wrangler lists with a title: as wrangler 4 makes it, or as wrangler 3 did,
 * with the name of the worker. `shop-SNAPSHOTS` is another project's.
 */
function namespaceId(): string | undefined {
  const list = JSON.parse(mustRun(['kv', 'namespace', 'list'])) as { id: string; title: string }[];
  return list.find(({ title }) => title === 'SNAPSHOTS' || title === 'cresset-SNAPSHOTS')?.id;
}

function writeId(binding: string, name: string, id: string): void {
  const toml = readFileSync('wrangler.toml', 'utf8');
  const place = new RegExp(`(binding = "${binding}"[^[]*?\\b${name} = )("[^"]*")`);
  const [, , before = ''] = place.exec(toml) ?? [];
  if (before === `"${id}"`) return;
  if (!NO_ID.test(before)) {
    throw new Error(`wrangler.toml has ${before} as ${name} of ${binding}, not "${id}".`);
  }
  writeFileSync(
    'wrangler.toml',
    toml.replace(place, (_, start: string) => `${start}"${id}"`),
  );
}

/**
 * Makes what the worker needs in the account that wrangler is logged in to, each where it is not there, and writes the
 * ids into wrangler.toml. Answers what was made.
 */
export function makeResources(): string[] {
  const made: string[] = [];
  const note = (what: string, isNew: boolean): void => {
    if (isNew) made.push(what);
  };
  const d1 = ['d1', 'info', 'cresset', '--json'];
  note('D1 database cresset', ensure(d1, ['d1', 'create', 'cresset']));
  const { uuid } = JSON.parse(mustRun(d1)) as { uuid: string };
  writeId('DB', 'database_id', uuid);

  let namespace = namespaceId();
  if (namespace === undefined) {
    mustRun(['kv', 'namespace', 'create', 'SNAPSHOTS']);
    note('KV namespace SNAPSHOTS', true);
    namespace = namespaceId();
  }
  if (namespace === undefined) throw new Error('wrangler lists no namespace SNAPSHOTS.');
  writeId('SNAPSHOTS', 'id', namespace);

  const bucket = 'cresset-chunks';
  const look = ['r2', 'bucket', 'info', bucket];
  note(`R2 bucket ${bucket}`, ensure(look, ['r2', 'bucket', 'create', bucket]));
  // By itself: the bucket may be there without it, after a failure.
  const lifecycle = ['r2', 'bucket', 'lifecycle'];
  if (!mustRun([...lifecycle, 'list', bucket]).includes(RULE)) {
    mustRun([...lifecycle, 'add', bucket, RULE, 'chunks/', '--expire-days', '30', '--force']);
    note(`rule ${RULE} of ${bucket}`, true);
  }

  const toml = readFileSync('wrangler.toml', 'utf8');
  const queues = new Set([...toml.matchAll(/^queue = "([^"]+)"/gm)].map(([, name = '']) => name));
  for (const queue of queues) {
    const create = ['queues', 'create', queue, '--message-retention-period-secs', RETENTION];
    note(`queue ${queue}`, ensure(['queues', 'info', queue], create));
  }
  return made;
}
