import { DurableObject } from 'cloudflare:workers';
export class Profile extends DurableObject {
  hi() {
    this.ctx.storage.sql.exec('create table if not exists t(a)');
    this.ctx.storage.sql.exec('insert into t values(1)');
    return this.ctx.storage.sql.exec('select count(*) c from t').one().c;
  }
}
export default {
  async fetch(r: Request, env: any) {
    return new Response(
      String(await env.PROFILE.get(env.PROFILE.idFromName('x')).hi()) +
        env.CRESSET_SECRET +
        JSON.stringify(r.cf ?? null),
    );
  },
  async queue() {},
};
