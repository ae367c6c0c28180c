import { app } from './app.ts';
import { consume } from './forward/queues.ts';
import { compileChanged } from './site/snapshot.ts';

export { Profile } from './profile/object.ts';

export default {
  fetch: app.fetch,
  queue: (batch, env) => consume(env, batch, Date.now()),
  scheduled: (_controller, env) => compileChanged(env, Date.now()),
} satisfies ExportedHandler<Env>;
