import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Linux keeps this folder in memory: a disk would make both sides wait alike, and flatter the ratio. */
const MEMORY = '/dev/shm';
/** What a part of the bench may write, with much to spare. Bytes. */
const ROOM = 4e9;

/** A folder for the state of one stack. */
export interface State {
  folder: string;
  kind: 'in memory' | 'on disk';
  remove(): void;
}

function hasRoom(folder: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= ROOM;
  } catch {
    return false;
  }
}

/** Makes an empty folder, in memory where there is room. It goes with this process at the latest. */
export function makeState(): State {
  const inMemory = hasRoom(MEMORY);
  const folder = mkdtempSync(join(inMemory ? MEMORY : tmpdir(), 'cresset-bench-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  return {
    folder,
    kind: inMemory ? 'in memory' : 'on disk',
    remove() {
      process.off('exit', remove);
      remove();
    },
  };
}
