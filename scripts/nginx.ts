/**
 * Finds an nginx for the test of the proxy recipe: `NGINX_PATH`, the system's, or Debian's package, which is
 * unpacked beside the other caches and not installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

const SYSTEM = ['/usr/sbin/nginx', '/usr/local/bin/nginx', '/opt/homebrew/bin/nginx'];
const CACHE = 'node_modules/.cache/nginx';

const runs = (path: string): boolean => spawnSync(path, ['-v']).status === 0;

function unpacked(): string | undefined {
  const folder = resolve(CACHE);
  const path = join(folder, 'usr/sbin/nginx');
  if (existsSync(path) || !existsSync('/usr/bin/apt-get')) return path;
  mkdirSync(folder, { recursive: true });
  const run = (command: string, ...args: string[]): boolean =>
    spawnSync(command, args, { cwd: folder, timeout: 120_000 }).status === 0;
  const got =
    run('apt-get', 'download', 'nginx') ||
    // A fresh container has no lists of packages.
    (run('apt-get', 'update') && run('apt-get', 'download', 'nginx'));
  if (!got) return undefined;
  for (const name of readdirSync(folder).filter((name) => name.endsWith('.deb')))
    run('dpkg', '-x', name, '.');
  return path;
}

/** Path of an nginx that runs; undefined where none can be had. */
export function findNginx(): string | undefined {
  const named = process.env['NGINX_PATH'];
  if (named !== undefined && named !== '') {
    if (!existsSync(named)) throw new Error(`NGINX_PATH is "${named}", but there is no such file`);
    return named;
  }
  const system = SYSTEM.find((path) => existsSync(path) && runs(path));
  if (system !== undefined) return system;
  const path = unpacked();
  return path !== undefined && existsSync(path) && runs(path) ? path : undefined;
}
