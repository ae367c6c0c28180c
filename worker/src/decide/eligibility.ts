import type { CompiledCampaign } from './compiled.ts';
import type { Facts } from './facts.ts';

/** Whether a campaign's schedule has begun and not ended. */
export const isScheduled = (compiled: CompiledCampaign, now: number): boolean =>
  compiled.from <= now && now < compiled.until;

/** Whether a campaign's conditions hold. */
export const isMeant = (compiled: CompiledCampaign, facts: Facts): boolean =>
  compiled.test === undefined || compiled.test(facts);
