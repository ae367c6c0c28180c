import type { Core } from './core.ts';
import { entombAnswered } from './erasing.ts';
import { call, callAnswered, chunk, chunkAnswered, settleAnswered } from './joining.ts';
import { parcel, parcelAnswered, releaseAnswered } from './parting.ts';
import {
  type Chunk,
  type ChunkAnswer,
  type EntombRequest,
  type JoinAnswer,
  type JoinRequest,
  type Parcel,
  type ParcelAnswer,
  type ReleaseRequest,
  RPC_VERSION,
  type SettleAnswer,
  type SettleRequest,
} from './rpc.ts';

/** A message that an object owes to another, and how it comes to its answer. */
export type Errand =
  | { to: string; call: 'receiveChunk'; message: Chunk }
  | { to: string; call: 'join'; message: JoinRequest }
  | { to: string; call: 'settle'; message: SettleRequest }
  | { to: string; call: 'receiveParcel'; message: Parcel }
  | { to: string; call: 'release'; message: ReleaseRequest }
  | { to: string; call: 'entomb'; message: EntombRequest };

const v = RPC_VERSION;

/**
 * The next thing that an object has to say to another. It follows from what the object is, not from what
 * happened: after a crash, a lost message or a lost answer it is the same again.
 */
export function nextErrand(core: Core): Errand | undefined {
  const { standing, self, parting } = core.memory;
  if (self === undefined) return undefined;
  if (standing.is === 'moving') {
    const { to, chunk: message } = chunk(core, v);
    return { to, call: 'receiveChunk', message };
  }
  if (standing.is === 'root' && standing.awaited !== undefined) {
    const { to, request: message } = call(core, v);
    return { to, call: 'join', message };
  }
  if (standing.is === 'alias' && !standing.told) {
    const { target: to, epoch } = standing;
    return { to, call: 'settle', message: { v, from: self.name, epoch } };
  }
  if (standing.is === 'erased') {
    const { untold, receipt, at } = standing;
    const [to] = untold;
    if (to === undefined) return undefined;
    return {
      to,
      call: 'entomb',
      message: { v, name: to, receipt, root: self.name, site: self.site, at },
    };
  }
  if (parting === undefined) return undefined;
  if (parting.released) {
    return { to: parting.dest, call: 'release', message: { v, epoch: parting.epoch } };
  }
  const { to, parcel: message } = parcel(core, v);
  return { to, call: 'receiveParcel', message };
}

/** Whether an object owes anything to another. */
export function hasErrand(core: Core): boolean {
  const { standing, parting } = core.memory;
  return (
    standing.is === 'moving' ||
    (standing.is === 'root' && standing.awaited !== undefined) ||
    (standing.is === 'alias' && !standing.told) ||
    (standing.is === 'erased' && standing.untold.length > 0) ||
    parting !== undefined
  );
}

/**
 * Takes the answer to an errand. Throws where it has to be done again, later.
 *
 * @param answer what the call of that name answers
 */
export function errandAnswered(core: Core, errand: Errand, answer: unknown, now: number): void {
  switch (errand.call) {
    case 'receiveChunk':
      chunkAnswered(core, errand.message, answer as ChunkAnswer, now);
      break;
    case 'join':
      callAnswered(core, errand.message, answer as JoinAnswer);
      break;
    case 'settle':
      settleAnswered(core, errand.message, answer as SettleAnswer);
      break;
    case 'receiveParcel':
      parcelAnswered(core, errand.message, answer as ParcelAnswer);
      break;
    case 'release':
      releaseAnswered(core, errand.message);
      break;
    case 'entomb':
      entombAnswered(core, errand.message);
      break;
  }
}
