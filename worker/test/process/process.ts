import { spawnSync } from 'node:child_process';

const ps = (...words: string[]): string =>
  // A look at a process that is just dying can hang: then nothing was found.
  spawnSync('ps', words, { encoding: 'utf8', timeout: 3_000, killSignal: 'SIGKILL' }).stdout;

/** Id of the workerd process that this process started and that listens on a port of 127.0.0.1. */
export function processOf(port: number): number | undefined {
  for (const line of ps('-A', '-ww', '-o', 'pid=,ppid=,args=').split('\n')) {
    const [pid, parent] = line.trim().split(/\s+/);
    if (Number(parent) === process.pid && line.includes(`127.0.0.1:${port}`)) return Number(pid);
  }
  return undefined;
}

/** Bytes of memory that a process has. Throws where it is gone. */
export function residentBytes(pid: number | undefined): number {
  const kilobytes = Number(ps('-o', 'rss=', '-p', String(pid)).trim());
  if (!(kilobytes > 0)) throw new Error(`no process ${pid}`);
  return kilobytes * 1024;
}
