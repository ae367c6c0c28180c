import type { Json } from '../contract/wire.ts';
import {
  messageCount,
  messageIsEmpty,
  messageLines,
  messageWithout,
  type OfIdentifier,
} from '../forward/messageSql.ts';
import type { Person, Store } from './store.ts';

/** Messages that one step goes through: each may have 128 KB. */
const WINDOW = 50;

/** True of an identifier of the person; `?1` are the object names. */
const OF_PERSON: OfIdentifier = (name) =>
  `${name} in (select member.value from json_each(?1) member)`;
const IN_WINDOW = 'id > ?2 and id <= ?3';

/** Id of the last message of the window that begins after `from`, and whether there are more. */
async function endOfWindow(
  db: D1Database,
  from: string,
): Promise<{ end: string; more: boolean } | undefined> {
  const { results } = await db
    .prepare('select id from dead_letters where id > ?1 order by id nulls last limit ?2')
    .bind(from, WINDOW)
    .all<{ id: string }>();
  const end = results.at(-1)?.id;
  return end === undefined ? undefined : { end, more: results.length === WINDOW };
}

async function* messages({ DB }: Env, { members }: Person): AsyncIterable<Json> {
  const names = JSON.stringify(members);
  for (let from = '', more = true; more;) {
    const window = await endOfWindow(DB, from);
    if (window === undefined) return;
    const { results } = await DB.prepare(
      `select (select json_group_array(json(line)) from (${messageLines('dead_letters.body', OF_PERSON)})) as lines
       from dead_letters where ${IN_WINDOW}`,
    )
      .bind(names, from, window.end)
      .all<{ lines: string }>();
    for (const { lines } of results) yield* JSON.parse(lines) as Json[];
    from = window.end;
    more = window.more;
  }
}

/**
 * D1: `dead_letters`, messages that no consumer took. What is kept later comes without the lines of erased
 * people. Those of the queue "warehouse" hold only the name of a chunk.
 */
export const deadLetters: Store = {
  calls: 4,
  async erase({ DB }, { members }, { cursor }) {
    const window = await endOfWindow(DB, cursor);
    if (window === undefined) return { done: true, cursor, erased: 0 };
    const names = JSON.stringify(members);
    const [counted] = await DB.batch<{ n: number | null }>([
      DB.prepare(
        `select sum(${messageCount('body', OF_PERSON)}) as n from dead_letters where ${IN_WINDOW}`,
      ).bind(names, cursor, window.end),
      DB.prepare(
        `update dead_letters set body = ${messageWithout('body', OF_PERSON)}
         where ${IN_WINDOW} and ${messageCount('body', OF_PERSON)} > 0`,
      ).bind(names, cursor, window.end),
      DB.prepare(
        `delete from dead_letters where id > ?1 and id <= ?2 and ${messageIsEmpty('body')}`,
      ).bind(cursor, window.end),
    ]);
    return { done: !window.more, cursor: window.end, erased: counted?.results[0]?.n ?? 0 };
  },
  export: messages,
};
