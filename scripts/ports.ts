import { type AddressInfo, createServer } from 'node:net';
import { Remedy } from './remedy.ts';

/** Throws a {@link Remedy} where something listens on a port of this machine already; 0 is always free. */
export async function checkPort(port: number, variable: string): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Remedy(
              `Port ${port} is busy. End what uses it, or take another: ${variable}=${port + 100} npm run demo`,
            )
          : new Remedy(
              `Port ${port} cannot be used (${error.message}). Take another with ${variable}.`,
            ),
      );
    });
    probe.listen(port, '127.0.0.1', resolve);
  });
  await new Promise((resolve) => {
    probe.close(resolve);
  });
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
