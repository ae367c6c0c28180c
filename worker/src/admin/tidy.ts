import { forgetExpiredKeys } from './keyStore.ts';
import { forgetOldCalls } from './log.ts';

/** The minute of the day, UTC, in which the cron tidies up. */
const MINUTE_OF_DAY = 4 * 60 + 17;

/**
 * Once a day, at the cron of 04:17 UTC: deletes lines of the log and keys whose time is over.
 *
 * @param time for which the cron was meant: one that comes late is still the day's. UTC milliseconds
 */
export async function tidy(env: Env, time: number): Promise<void> {
  if (Math.floor(time / 60_000) % 1440 !== MINUTE_OF_DAY) return;
  // One's fault must not keep the other from its work.
  for (const forget of [forgetOldCalls, forgetExpiredKeys]) {
    try {
      await forget(env.DB, time);
    } catch (error) {
      console.error('tidy', forget.name, String(error));
    }
  }
}
