import { enrichEvents } from '../worker/src/collect/enrich.ts';
import { isRejection, validate, type ValidEvent } from '../worker/src/collect/validate.ts';
import type { JsonObject } from '../worker/src/contract/wire.ts';
import { agentOf, agentParser } from '../worker/src/enrich/agent.ts';
import { type Caller, callerOf } from '../worker/src/enrich/caller.ts';
import { agentKind } from '../worker/src/enrich/crawler.ts';
import { hintsOfHeaders } from '../worker/src/enrich/hints.ts';
import { siteRules } from '../worker/src/enrich/siteRules.ts';
import { DEFAULT_SETTINGS } from '../worker/src/site/settings.ts';
import { processorCost } from './follow.ts';
import { judged, type Line, type Section, shown } from './line.ts';
import { startLoader } from './loader.ts';
import { quantile } from './quantile.ts';
import { makeSite } from './site.ts';
import { startStack } from './stack.ts';
import { anonymous, VISITORS } from './traffic.ts';

const SIZES = [1, 10, 500] as const;
/** Requests of each size whose processor time is taken. */
const REQUESTS: Readonly<Record<(typeof SIZES)[number], number>> = {
  1: 6_000,
  10: 3_000,
  500: 100,
};
const ROUNDS = 60;

/** What the bench's visitors send. */
interface Sent {
  context: JsonObject;
  batch: unknown[];
}

/** Microseconds of processor time that work takes, the median of rounds; the first third compiles. */
function microseconds(calls: number, work: () => void): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const started = process.threadCpuUsage().user;
    for (let call = 0; call < calls; call++) work();
    return (process.threadCpuUsage().user - started) / calls;
  });
  return quantile(rounds.slice(ROUNDS / 3), 0.5);
}

/** The steps by themselves, in Node: what the user agent takes of a request, and all of enrichment. */
async function steps(): Promise<{ agent: number; all: (events: number) => Promise<number> }> {
  const { headers } = anonymous(1);
  const parse = await agentParser();
  const userAgent = headers['User-Agent'] ?? '';
  const mobile = headers['Sec-CH-UA-Mobile'] ?? null;
  const agent = microseconds(10_000, () => {
    const { browser } = agentOf(parse, userAgent, hintsOfHeaders(null, mobile, null));
    if (browser !== 'Chrome' || agentKind(userAgent) !== 'browser') throw new Error('misread');
  });
  const request = new Request('http://127.0.0.1/v1/batch', { method: 'POST', headers });
  const caller: Caller = await callerOf(request, {
    trusted: false,
    wantsAddress: false,
    wantsCookies: false,
    relaysAddresses: false,
    places: () => Promise.resolve(() => undefined),
  });
  const rules = await siteRules({ settings: DEFAULT_SETTINGS, origins: [] });
  return {
    agent,
    all: (events) => {
      const { context, batch } = JSON.parse(anonymous(events).body) as Sent;
      const facts = {
        received: Date.now(),
        sentAt: undefined,
        context,
        contextBytes: 0,
        small: true,
        placeholders: new Set<string>(),
      };
      const valid = batch
        .map((raw, index) => validate(raw, index, facts))
        .filter((event): event is ValidEvent => !isRejection(event));
      return Promise.resolve(
        microseconds(Math.ceil(10_000 / events), () => {
          const enriched = enrichEvents({ caller, rules }, valid);
          if (enriched.length !== events) throw new Error('an event was lost');
        }),
      );
    },
  };
}

/** What enrichment takes of a batch. */
export async function enrich(script: string): Promise<Section> {
  const { agent, all } = await steps();
  const stack = await startStack(script, ['paused']);
  const loader = startLoader();
  try {
    await makeSite(stack.db, false);
    const port = await stack.port('paused');
    const lines: Line[] = [];
    for (const events of SIZES) {
      const route = { ...anonymous(events), name: `batch of ${events}`, port };
      await loader.send(route, events === 500 ? VISITORS : 2_000);
      const whole = await processorCost(loader, route, REQUESTS[events]);
      const taken = await all(events);
      const note = `${taken.toFixed(1)} of ${shown(whole)} µs CPU, which are ${shown(whole / events, 1)} an event`;
      const percent = (part: number): string => `${((100 * part) / whole).toFixed(2)} %`;
      if (events === 10) {
        lines.push(
          judged(
            {
              what: 'user agent, of a batch of 10',
              value: percent(agent),
              number: (100 * agent) / whole,
              note: `${agent.toFixed(2)} of ${shown(whole)} µs CPU; from memory`,
            },
            3,
            '%',
          ),
        );
      }
      lines.push({
        what: `enrichment, of a batch of ${events}`,
        value: percent(taken),
        number: (100 * taken) / whole,
        note,
      });
    }
    return {
      title: 'Enrichment',
      method:
        "The steps by themselves, warm, in Node, beside workerd's processor time for the whole request with forwarding paused; the events of a batch are of one page.",
      lines,
    };
  } finally {
    loader.stop();
    await stack.dispose();
  }
}
