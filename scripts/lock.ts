/**
 * `npm run lock`: writes package-lock.json anew. A registry mirror may not have the binaries of every
 * platform yet; npm then leaves them out of the lock, and `npm ci` refuses such a lock everywhere. This
 * fills them in from what their parent asks for: exact versions, so nothing is guessed.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

interface Entry {
  version?: string;
  license?: string;
  cpu?: string[];
  os?: string[];
  dev?: boolean;
  optional?: boolean;
  optionalDependencies?: Record<string, string>;
}

const SYSTEMS: Record<string, string> = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  win32: 'win32',
  windows: 'win32',
};
/** The first that stands in the name is the processor; a bare 64 is how workerd says x64. */
const PROCESSORS = ['arm64', 'riscv64', 'ppc64', 's390x', 'x64', 'ia32', 'loong64', 'arm', '64'];

/** Folders in which npm looks for what the package at `path` depends on, the nearest first. */
function foldersFrom(path: string): string[] {
  const folders = [`${path}/node_modules/`];
  for (
    let at = path.lastIndexOf('/node_modules/');
    at > 0;
    at = path.lastIndexOf('/node_modules/', at - 1)
  ) {
    folders.push(`${path.slice(0, at)}/node_modules/`);
  }
  return [...folders, 'node_modules/'];
}

function complete(packages: Record<string, Entry>): number {
  let added = 0;
  for (const [path, parent] of Object.entries(packages)) {
    const wanted = Object.entries(parent.optionalDependencies ?? {}).filter(([, version]) =>
      /^\d/.test(version),
    );
    const folderOf = ([name, version]: [string, string]): string | undefined =>
      foldersFrom(path).find((folder) => packages[folder + name]?.version === version);
    // Where one platform's binary is, the others belong too.
    const folder = wanted.map(folderOf).find((found) => found !== undefined);
    for (const [name, version] of wanted) {
      const system = Object.keys(SYSTEMS).find((part) => name.includes(part));
      const processor = PROCESSORS.find((part) => name.split('/').at(-1)?.includes(part));
      if (folder === undefined || system === undefined || processor === undefined) continue;
      if (folderOf([name, version]) !== undefined) continue;
      packages[folder + name] = {
        version,
        cpu: [processor === '64' ? 'x64' : processor],
        dev: true,
        ...(parent.license === undefined ? {} : { license: parent.license }),
        optional: true,
        os: [SYSTEMS[system] ?? system],
      };
      added += 1;
    }
  }
  return added;
}

if (spawnSync('npm', ['install', '--package-lock-only'], { stdio: 'inherit' }).status !== 0)
  process.exit(1);
const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Record<string, Entry>;
};
const added = complete(lock.packages);
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)),
);
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} binaries of other platforms filled in`);
process.exitCode =
  spawnSync('npm', ['ci', '--dry-run', '--silent'], { stdio: 'inherit' }).status ?? 1;
