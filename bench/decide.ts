import type { Counts } from './counts.ts';
import { evaluate } from './evaluate.ts';
import { judged, type Section } from './line.ts';
import { startLoader } from './loader.ts';
import { ratioOf } from './ratio.ts';
import { makeSite } from './site.ts';
import { startStack } from './stack.ts';
import { shareLine } from './throughput.ts';
import { anonymous, decideFresh, decideWarm, floorOf } from './traffic.ts';

const PAIRS = 20;
const QUESTIONS = 1_000;

/** Throughput of `POST /v1/decide` beside its floors, and the evaluation alone. */
export async function decide(script: string): Promise<Section> {
  const stack = await startStack(script, ['floor', 'paused', 'counted']);
  const loader = startLoader();
  try {
    await makeSite(stack.db, true);
    const paused = await stack.port('paused');
    const counted = await stack.port('counted');
    const floor = await stack.port('floor');
    const warm = { ...decideWarm, name: 'warm', port: paused };
    const fresh = { ...decideFresh, name: 'fresh', port: paused };
    const reading = { ...floorOf(decideWarm, '/decide/%%%%'), name: 'reading', port: floor };
    const parsing = { ...floorOf(decideFresh, '/parse'), name: 'parsing', port: floor };

    await loader.send({ ...anonymous(1), name: 'events', port: paused }, 1_000);
    await loader.send(
      { ...floorOf(anonymous(1), '/collect/%%%%'), name: 'rows', port: floor },
      1_000,
    );
    for (const route of [warm, fresh, reading, parsing]) await loader.send(route, 2_000);
    const warmRatio = await ratioOf(loader, warm, reading, PAIRS);
    const freshRatio = await ratioOf(loader, fresh, parsing, PAIRS);

    await loader.send({ ...fresh, name: 'counted', port: counted }, QUESTIONS);
    const answer = await fetch(`http://127.0.0.1:${counted}/bench/counts`);
    const { calls } = (await answer.json()) as Counts;

    return {
      title: 'Decide',
      method:
        'POST /v1/decide with 100 campaigns of four conditions in the slot, of which only the last holds, beside its floors (bench/floor.ts), which answer with the same headers; else as Collect.',
      lines: [
        shareLine('warm profile', warmRatio, 0.7),
        shareLine('fresh visitor', freshRatio, 0.7),
        judged(
          {
            what: 'fresh visitor, objects touched',
            value: String(calls),
            number: calls,
            note: `in ${QUESTIONS} questions (bench/counted.ts)`,
          },
          0,
          '',
        ),
        ...evaluate(),
      ],
    };
  } finally {
    loader.stop();
    await stack.dispose();
  }
}
