import { readdirSync, readFileSync } from 'node:fs';

/** Name and parent of a process, by /proc/<pid>/stat: see proc(5). The name may hold spaces. */
function isOurWorkerd(pid: string): boolean {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const end = text.lastIndexOf(')');
  const [, parent] = text.slice(end + 2).split(' ');
  return text.slice(text.indexOf('(') + 1, end) === 'workerd' && Number(parent) === process.pid;
}

/** Nanoseconds that a thread has run: the first field of its schedstat. */
const runtimeOf = (pid: string, thread: string): number =>
  Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]);

/** What a callback gives of each, but for what ended meanwhile. */
const living = <T>(names: readonly string[], read: (name: string) => T): T[] =>
  names.flatMap((name) => {
    try {
      return [read(name)];
    } catch {
      return [];
    }
  });

/**
 * Milliseconds of processor time that the workerds of this process have taken so far; NaN where the
 * system does not tell. Unlike throughput it changes little with what else the machine does.
 */
export function processorTime(): number {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const ours = pids.filter((pid) => living([pid], isOurWorkerd)[0] === true);
    const times = ours.flatMap((pid) =>
      living(readdirSync(`/proc/${pid}/task`), (thread) => runtimeOf(pid, thread)),
    );
    return times.length === 0 ? Number.NaN : times.reduce((sum, time) => sum + time, 0) / 1e6;
  } catch {
    return Number.NaN;
  }
}
