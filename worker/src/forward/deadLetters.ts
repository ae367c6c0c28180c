import { messageCount, messageIsEmpty, messageWithout, type OfIdentifier } from './messageSql.ts';

/** True of an identifier whose person was erased; `?4` is the message. */
const IS_ERASED: OfIdentifier = (name) => `exists (select 1 from erased
  where erased.site = ?4 ->> '$.site' and erased.identifier = ${name})`;

/** The look-up and the insert are one transaction: no erasure can come in between. */
const KEEP = `insert into dead_letters (id, queue, received, body)
  select ?1, ?2, ?3, case when ${messageCount('?4', IS_ERASED)} > 0
    then ${messageWithout('?4', IS_ERASED)} else ?4 end
  where true on conflict do nothing`;

/** Keeps messages that no consumer could take, without what they hold of erased people, to be shown and sent again. */
export async function keepDeadLetters(env: Env, batch: MessageBatch, now: number): Promise<void> {
  const queue = batch.queue.replace(/-dead$/, '');
  const keep = env.DB.prepare(KEEP);
  const forget = env.DB.prepare(
    `delete from dead_letters where id = ?1 and ${messageIsEmpty('body')}`,
  );
  await env.DB.batch(
    batch.messages.flatMap(({ id, body }) => [
      keep.bind(`${queue}:${id}`, queue, now, JSON.stringify(body)),
      forget.bind(`${queue}:${id}`),
    ]),
  );
}
