import type { Enriched, Traffic } from '../contract/wire.ts';
import type { AgentKind } from './crawler.ts';

/** What speaks for a bot: `<category>:<reason>`, and how much of 100. */
export type Reason = readonly [reason: string, weight: number];

/** What is known of who sent an event. */
export interface Evidence {
  agent: AgentKind;
  /** The platform has looked up that it is the crawler it says it is. */
  verified: boolean;
  /** From the other categories, one of each at most. */
  reasons: readonly (Reason | undefined)[];
}

/** What traffic quality adds to an event. Empty where nothing speaks against a person. */
export type Quality = Pick<Enriched, 'traffic' | 'score' | 'reasons'>;

const DECLARED = 100;
/** What does not declare itself is never certain. */
const MOST = 99;
const NONE: Quality = {};

const AGENT: Readonly<Record<AgentKind, Reason | undefined>> = {
  browser: undefined,
  crawler: ['agent:crawler', DECLARED],
  ai: ['agent:ai', DECLARED],
  automation: ['agent:automation', 45],
  suspect: ['agent:suspect', 45],
  program: ['agent:program', 25],
  missing: ['agent:missing', 35],
};

/**
 * Score, reasons and class of traffic. One category never makes a bot: a VPN, a privacy tool or an odd browser is one
 * each. Two do, and so does whoever declares itself. The score is the sum of the weights.
 */
export function qualityOf({ agent, verified, reasons }: Evidence): Quality {
  const known = AGENT[agent];
  const found = [
    known,
    verified ? (['network:verified_bot', DECLARED] as const) : undefined,
    ...reasons,
  ].filter((reason) => reason !== undefined);
  if (found.length === 0) return NONE;
  const sum = found.reduce((total, [, weight]) => total + weight, 0);
  const declared = found.some(([, weight]) => weight === DECLARED);
  const categories = new Set(found.map(([reason]) => reason.slice(0, reason.indexOf(':'))));
  const quality: Quality = {
    score: declared ? DECLARED : Math.min(sum, MOST),
    reasons: found.map(([reason]) => reason),
  };
  const bot: Traffic = agent === 'ai' ? 'ai' : 'bot';
  if (declared || categories.size > 1) quality.traffic = bot;
  return quality;
}

/** Whether an event's sender says itself that it is a bot, or the platform knows it as one. */
export const isDeclaredBot = ({ score }: Quality): boolean => score === DECLARED;
