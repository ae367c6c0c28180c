import { GrowthBook } from '@growthbook/growthbook';
import { buildContext } from '../worker/src/decide/context.ts';
import { decide } from '../worker/src/decide/decide.ts';
import { strangerView } from '../worker/src/profile/view.ts';
import { CAMPAIGNS } from './campaigns.ts';
import { judged, type Line } from './line.ts';
import { quantile } from './quantile.ts';

const ROUNDS = 60;
const CALLS = 50;

const now = Date.parse('2026-11-21T12:00:00Z');
const url = 'https://shop.example/p/slow-pour-kettle?utm_source=letter';
const userAgent =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36';

/** Microseconds a call, the median of rounds in which both take turns. */
function timeBoth(one: () => void, other: () => void): [number, number] {
  const time = (work: () => void): number => {
    const started = performance.now();
    for (let call = 0; call < CALLS; call++) work();
    return ((performance.now() - started) * 1000) / CALLS;
  };
  const rounds = Array.from({ length: ROUNDS }, () => [time(one), time(other)] as const);
  // The first third compiles.
  const warm = rounds.slice(ROUNDS / 3);
  return [
    quantile(
      warm.map(([a]) => a),
      0.5,
    ),
    quantile(
      warm.map(([, b]) => b),
      0.5,
    ),
  ];
}

/** A hundred campaigns, and as many rules of GrowthBook that ask the same, without I/O and in one process. */
export function evaluate(): Line[] {
  const snapshot = {
    site: 'bench',
    version: 1,
    origins: [],
    jurisdiction: '',
    campaigns: [...CAMPAIGNS],
  };
  const view = strangerView('a.subject');
  const headers = new Headers({ 'user-agent': userAgent });
  const ours = (): void => {
    const context = buildContext(headers, { page: { url } }, false);
    const outcome = decide({ snapshot, view, context, slots: ['hero'], now, explain: false });
    if (outcome.get('hero')?.chosen?.campaign !== 'last') throw new Error('the last was to win');
  };

  const growthbook = new GrowthBook({
    attributes: {
      id: 'a.subject',
      device: 'desktop',
      path: '/p/slow-pour-kettle',
      quantity: 0,
      viewed: 0,
    },
    features: {
      hero: {
        defaultValue: null,
        rules: CAMPAIGNS.map(({ id }, index) => ({
          id,
          condition: {
            device: 'desktop',
            path: { $regex: '^/p/' },
            quantity: { $lt: 100 + index },
            ...(index < 99 ? { viewed: { $gte: 1e9 + index } } : { ordered: { $exists: false } }),
          },
          force: id,
        })),
      },
    },
  });
  const theirs = (): void => {
    if (growthbook.evalFeature('hero').value !== 'last') throw new Error('the last was to win');
  };

  const [mine, other] = timeBoth(ours, theirs);
  growthbook.destroy();
  const note = 'in Node, one process, in turn; medians';
  return [
    judged(
      {
        what: 'evaluating 100 campaigns of 4 conditions',
        value: `${mine.toFixed(0)} µs`,
        number: mine,
        note,
      },
      100,
      'µs',
    ),
    judged(
      {
        what: 'the same, beside @growthbook/growthbook 1.8.0',
        value: `${(other / mine).toFixed(1)} times faster`,
        number: other / mine,
        note: `theirs ${other.toFixed(0)} µs for 100 rules of 4 conditions`,
      },
      5,
      'times',
      true,
    ),
  ];
}
