import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Remedy } from './remedy.ts';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It lives, but belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function owner(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Makes this process the only one that works on a state folder. Answers what gives it back; throws a
 * {@link Remedy} where a living process has it. A lock that a killed process left is taken over.
 */
export function takeLock(state: string): () => void {
  mkdirSync(state, { recursive: true });
  const path = join(state, 'demo.lock');
  const pid = owner(path);
  if (pid !== undefined && isAlive(pid)) {
    throw new Remedy(
      `The demo runs already, as process ${pid}. Use that one, or end it with Ctrl-C where it was started. (If ${pid} is something else, delete ${path}.)`,
    );
  }
  rmSync(path, { force: true });
  try {
    // Of two that start at once, one finds the file.
    writeFileSync(path, String(process.pid), { flag: 'wx' });
  } catch {
    throw new Remedy('The demo is being started by another process. Use that one.');
  }
  return () => rmSync(path, { force: true });
}
