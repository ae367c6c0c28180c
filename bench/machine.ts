import { cpus, loadavg, type } from 'node:os';

/** What the bench ran on. */
export interface Machine {
  system: string;
  processor: string;
  cores: number;
  node: string;
  /** Processes that wanted to run, over the last minute before the bench began. */
  load: number;
}

export const machine = (): Machine => ({
  system: `${type()} ${process.arch}`,
  processor: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  node: process.version,
  load: loadavg()[0] ?? 0,
});
