import { readdirSync, readFileSync } from 'node:fs';

/** What a callback gives of each, but for what ended meanwhile. */
const living = <T>(names: readonly string[], read: (name: string) => T): T[] =>
  names.flatMap((name) => {
    try {
      return [read(name)];
    } catch {
      return [];
    }
  });

/** Ids of the processes that this one started, by proc(5). */
const children = (): string[] =>
  readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean);

const isWorkerd = (pid: string): boolean =>
  readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'workerd';

/** Nanoseconds that a thread has run: the first field of its schedstat. */
const runtimeOf = (pid: string, thread: string): number =>
  Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ', 1)[0]);

/**
 * Milliseconds of processor time that the workerds of this process have taken so far; NaN where the
 * system does not tell. Unlike throughput it changes little with what else the machine does.
 */
export function processorTime(): number {
  try {
    const times = living(children(), (pid) => (isWorkerd(pid) ? [pid] : []))
      .flat()
      .flatMap((pid) =>
        living(readdirSync(`/proc/${pid}/task`), (thread) => runtimeOf(pid, thread)),
      );
    return times.length === 0 ? Number.NaN : times.reduce((sum, time) => sum + time, 0) / 1e6;
  } catch {
    return Number.NaN;
  }
}
