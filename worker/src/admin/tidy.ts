import { forgetExpiredKeys } from './keyStore.ts';
import { forgetOldCalls } from './log.ts';

/** The minute of the day, UTC, in which the cron tidies up. */
const MINUTE_OF_DAY = 4 * 60 + 17;

/** Once a day, at the cron of 04:17 UTC: deletes lines of the log and keys whose time is over. */
export async function tidy(env: Env, now: number): Promise<void> {
  if (Math.floor(now / 60_000) % 1440 !== MINUTE_OF_DAY) return;
  await forgetOldCalls(env.DB, now);
  await forgetExpiredKeys(env.DB, now);
}
