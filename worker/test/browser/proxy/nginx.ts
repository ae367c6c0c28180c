import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../../scripts/ports.ts';
import { recipeOf } from '../../unit/docs/rewrites.ts';

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Runs nginx with the recipe of the page, for a worker on this port, and with `html` as the site's one page. */
export async function startNginx(
  path: string,
  page: string,
  workerPort: number,
  html: string,
): Promise<{ origin: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'cresset-nginx-'));
  const port = await freePort();
  // The worker here speaks plain HTTP; all else is the recipe as it stands.
  const here = (mark: string): string =>
    recipeOf(page, 'nginx', mark)
      .replace('c.example.com:443', `127.0.0.1:${workerPort}`)
      .replace('https://cresset', 'http://cresset');
  mkdirSync(join(folder, 'site'));
  writeFileSync(join(folder, 'site/index.html'), html);
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${folder}/${kind};`)
    .join('\n');
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
    events {}
    http {
      access_log off; default_type text/html; ${scratch}
      ${here('upstream')}
      server { listen 127.0.0.1:${port}; root ${folder}/site;
        ${here('location')}
      }
    }`,
  );
  const child = spawn(path, ['-p', folder, '-c', `${folder}/nginx.conf`, '-e', 'stderr'], {
    stdio: 'ignore',
  });
  let ended = false;
  const end = new Promise<void>((resolve) => {
    child.once('exit', () => {
      ended = true;
      resolve();
    });
  });
  while (!(await answers(port))) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (ended) throw new Error(`nginx ended: ${readFileSync(join(folder, 'error.log'), 'utf8')}`);
  }
  return {
    origin: `http://localhost:${port}`,
    async stop() {
      child.kill();
      await end;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
