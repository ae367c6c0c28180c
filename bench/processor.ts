import { readdirSync, readFileSync } from 'node:fs';

/** Fields of /proc/<pid>/stat after the name, which may hold spaces: see proc(5). */
function statOf(pid: string): { name: string; parent: number; ticks: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const end = text.lastIndexOf(')');
    const fields = text.slice(end + 2).split(' ');
    return {
      name: text.slice(text.indexOf('(') + 1, end),
      parent: Number(fields[1]),
      ticks: Number(fields[11]) + Number(fields[12]),
    };
  } catch {
    return undefined;
  }
}

/** Linux counts in hundredths of a second, whatever the kernel's own tick is. */
const TICK = 10;

/**
 * Milliseconds of processor time that the workerds of this process have taken so far; undefined where
 * the system does not tell. Unlike throughput it hardly changes with what else the machine does.
 */
export function processorTime(): number | undefined {
  try {
    const workerds = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(statOf)
      .filter((stat) => stat?.parent === process.pid && stat.name === 'workerd');
    return workerds.reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0) * TICK;
  } catch {
    return undefined;
  }
}
