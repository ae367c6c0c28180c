import { tidy } from './admin/tidy.ts';
import { continueErasures } from './erasure/work.ts';
import { consume } from './forward/queues.ts';
import { front } from './front.ts';
import { expireQuarantine } from './quarantine/expire.ts';
import { compileChanged } from './site/snapshot.ts';

export { Profile } from './profile/object.ts';

export default {
  fetch: front,
  queue: (batch, env) => consume(env, batch, Date.now()),
  scheduled({ scheduledTime }, env, context) {
    const now = Date.now();
    context.waitUntil(compileChanged(env, now));
    context.waitUntil(continueErasures(env, now));
    // By the time it was meant for, as a cron may come late. By the hour: what is over is shown to nobody meanwhile.
    if (new Date(scheduledTime).getUTCMinutes() === 0)
      context.waitUntil(expireQuarantine(env, now));
    context.waitUntil(tidy(env, scheduledTime));
  },
} satisfies ExportedHandler<Env>;
