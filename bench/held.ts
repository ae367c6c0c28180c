/**
 * The built worker with its objects' clocks held: the alarm rings and does nothing, and what time would bring
 * (a hand-over, old age, an eviction) happens to the one object that the bench names.
 */
import worker, { Profile as Built } from 'built:worker';
import type { Look } from './objects.ts';

export class Profile extends Built {
  override async alarm(): Promise<void> {}

  /** The alarm itself: hands over, writes states, forgets what is due. */
  async ring(): Promise<void> {
    await super.alarm();
  }

  /** Makes all that was received, and what has to happen for it, so much older. Milliseconds. */
  age(by: number): void {
    const { sql } = this.ctx.storage;
    sql.exec('update journal set received = received - ?', by);
    sql.exec("update due set at = at - ? where what = 'retention'", by);
  }

  look(): Look {
    const { sql } = this.ctx.storage;
    const bytes = sql.databaseSize;
    const made = sql.exec("select 1 from sqlite_master where name = 'meta'").toArray().length > 0;
    const [row] = made
      ? sql.exec("select value ->> 'is' as standing from meta where key = 'standing'").toArray()
      : [];
    return { bytes, standing: String(row?.['standing'] ?? 'root') };
  }

  /** The next request finds this object on disk only. Where its alarm was being set, workerd writes a trace. */
  evict(): void {
    this.ctx.abort('the bench evicts it');
  }
}

type Door = { [Name in 'ring' | 'evict']: () => Promise<void> } & {
  age(by: number): Promise<void>;
  look(): Promise<Look>;
};

interface Env {
  PROFILE: { getByName(name: string): Door };
}

async function open(object: Door, what: string, by: number): Promise<Look> {
  switch (what) {
    case 'ring':
      await object.ring();
      break;
    case 'age':
      await object.age(by);
      break;
    case 'evict':
      // Whoever ends an object hears of it as an error.
      await object.evict().catch((error: unknown) => {
        if (!String(error).includes('the bench evicts it')) throw error;
      });
      return { bytes: 0, standing: '' };
    default:
      break;
  }
  return object.look();
}

export default {
  ...worker,
  async fetch(request: Request, env: Env, ctx: unknown): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== '/bench/object') return worker.fetch(request, env, ctx);
    const object = env.PROFILE.getByName(searchParams.get('name') ?? '');
    const by = Number(searchParams.get('by') ?? 0);
    return Response.json(await open(object, searchParams.get('do') ?? 'look', by));
  },
};
