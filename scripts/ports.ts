import { type AddressInfo, createServer } from 'node:net';
import { Remedy } from './remedy.ts';

/** Both are what `localhost` may mean to a browser. */
const HOSTS = ['127.0.0.1', '::1'];

/** Undefined where a port could be listened on, else the code of the error. */
async function faultOf(port: number, host: string): Promise<string | undefined> {
  const probe = createServer();
  const fault = await new Promise<string | undefined>((resolve) => {
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen(port, host, () => resolve(undefined));
  });
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return fault;
}

/** Throws a {@link Remedy} where a port of this machine cannot be had; 0 is always free. */
export async function checkPort(port: number, variable: string): Promise<void> {
  for (const host of HOSTS) {
    const fault = await faultOf(port, host);
    // A machine without IPv6 has no `::1` to be busy.
    if (fault === undefined || fault === 'EADDRNOTAVAIL' || fault === 'EAFNOSUPPORT') continue;
    throw new Remedy(
      fault === 'EADDRINUSE'
        ? `Port ${port} is busy. End what uses it, or take another: ${variable}=${port + 100} npm run demo`
        : `Port ${port} cannot be used (${fault}). Take another with ${variable}.`,
    );
  }
}

/** The port that a variable of the environment names, or the default. */
export function portOf(variable: string, otherwise: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return otherwise;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Remedy(`${variable} is "${text}", which is no port. Give a number from 1 to 65535.`);
  }
  return port;
}

/** A port of this machine that nothing listens on now. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  const port = await new Promise<number>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      resolve((probe.address() as AddressInfo).port);
    });
  });
  await new Promise((resolve) => {
    probe.close(resolve);
  });
  return port;
}
