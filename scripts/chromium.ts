/**
 * Finds a Chromium for the browser tests, in this order: `CHROMIUM_PATH`, Playwright's own, the
 * system's; else installs one: Playwright's download, and where that fails Debian's package.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

function installed(): string | undefined {
  const named = process.env['CHROMIUM_PATH'];
  if (named !== undefined && named !== '') {
    if (!existsSync(named))
      throw new Error(`CHROMIUM_PATH is "${named}", but there is no such file`);
    return named;
  }
  return [chromium.executablePath(), ...SYSTEM].find((path) => existsSync(path));
}

function run(command: string, ...args: string[]): boolean {
  console.log(`no Chromium found; running ${command} ${args.join(' ')}`);
  return spawnSync(command, args, { stdio: 'inherit', timeout: 300_000 }).status === 0;
}

/** Path of a Chromium that can be run; installs one where there is none, and throws where it cannot. */
export function findChromium(): string {
  let path = installed();
  if (path === undefined && run('npx', 'playwright-core', 'install', '--with-deps', 'chromium'))
    path = installed();
  if (path === undefined && existsSync('/usr/bin/apt-get')) {
    run('apt-get', 'update');
    run('apt-get', 'install', '-y', '--no-install-recommends', 'chromium');
    path = installed();
  }
  if (path === undefined) {
    throw new Error('no Chromium: install one, or name it in CHROMIUM_PATH');
  }
  return path;
}

/**
 * Chromium listens to the last list only, so Playwright's own comes along. Ours are the first: without them each window
 * loads two pages for its address bar, and each tab has a process ready for the next: half of what a test costs.
 */
const DISABLED_FEATURES = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'SpareRendererForSitePerProcess',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'TcpPortRandomizationWin',
  'ThirdPartyStoragePartitioning',
];

/** Runs it without a sandbox where there is none, quiet towards the network, and without what no page shows. */
export const CHROMIUM_ARGS = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  `--disable-features=${DISABLED_FEATURES.join(',')}`,
];

/** Starts the browser headless; `more` besides. */
export async function launchChromium(more: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    ...more,
    executablePath: findChromium(),
    args: CHROMIUM_ARGS,
  });
}
