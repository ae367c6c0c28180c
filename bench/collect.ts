import { processorCost } from './follow.ts';
import { type Line, type Section, shown } from './line.ts';
import { startLoader } from './loader.ts';
import { ratioOf } from './ratio.ts';
import { makeSite } from './site.ts';
import { startStack } from './stack.ts';
import { costLine, shareLine } from './throughput.ts';
import { anonymous, floorOf, signedIn, signIn, VISITORS } from './traffic.ts';

const PAIRS = 20;
/** Events whose whole way is followed. */
const FOLLOWED = 1_000;

function runningLine(running: number, floor: number): Line {
  const what = 'anonymous, 1 event, forwarding running';
  if (Number.isNaN(running)) {
    return { what, value: 'not measured', number: 0, note: 'needs the schedstat of Linux' };
  }
  return {
    what,
    value: `${(floor / running).toFixed(2)} of the floor`,
    number: floor / running,
    note: `of processor time, up to the row in D1: ${shown(running)} and ${shown(floor)} µs an event; Miniflare's own queues, R2 and D1 are in it`,
    detail: { running, floor },
  };
}

/** Throughput of `POST /v1/batch` beside its floor. */
export async function collect(script: string): Promise<Section> {
  const stack = await startStack(script, ['floor', 'paused', 'built']);
  const loader = startLoader();
  try {
    await makeSite(stack.db, false);
    const paused = await stack.port('paused');
    const built = await stack.port('built');
    const single = { ...anonymous(1), name: 'single', port: paused };
    const running = { ...anonymous(1), name: 'running', port: built };
    const signed = { ...signedIn, name: 'signed in', port: paused };
    const ten = { ...anonymous(10), name: 'batch of 10', port: paused };
    const many = { ...anonymous(500), name: 'batch of 500', port: paused };
    const floor = {
      ...floorOf(anonymous(1), '/collect/%%%%'),
      name: 'floor',
      port: await stack.port('floor'),
    };

    // Warm: every object is there and every path was compiled.
    for (const route of [single, floor]) await loader.send(route, 2_000);
    const anonymousRatio = await ratioOf(loader, single, floor, PAIRS);

    await processorCost(loader, running, VISITORS, stack.db);
    const floorCost = await processorCost(loader, floor, FOLLOWED);
    const runningCost = await processorCost(loader, running, FOLLOWED, stack.db);

    for (const route of [ten, many]) await loader.send(route, VISITORS);
    const tenRatio = await ratioOf(loader, ten, single, PAIRS);
    const manyRatio = await ratioOf(loader, many, single, PAIRS);

    // Last, for the sign-in moves what the anonymous ids hold, and they take the second hop from then on.
    await loader.send({ ...signIn, name: 'sign in', port: paused }, VISITORS);
    await loader.send(signed, 1_000);
    const signedRatio = await ratioOf(loader, signed, floor, PAIRS);

    return {
      title: 'Collect',
      method: `POST /v1/batch of the built worker beside its floor (bench/floor.ts), which answers with the same headers, in one workerd, state ${stack.state}; 16 connections, 64 warm visitors in turn, one-second slices in turn. Paused: the alarm that hands events over does nothing (bench/paused.ts).`,
      lines: [
        shareLine('anonymous, 1 event, forwarding paused', anonymousRatio, 0.7),
        shareLine('signed in, 1 event, forwarding paused', signedRatio, 0.6),
        runningLine(runningCost, floorCost),
        costLine('an event in a batch of 10', tenRatio, 10, 0.5),
        costLine('an event in a batch of 500', manyRatio, 500, 0.1),
      ],
    };
  } finally {
    loader.stop();
    await stack.dispose();
  }
}
