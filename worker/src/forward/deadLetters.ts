/** Keeps messages that no consumer could take, to be shown and sent again. */
export async function keepDeadLetters(env: Env, batch: MessageBatch, now: number): Promise<void> {
  const queue = batch.queue.replace(/-dead$/, '');
  const insert = env.DB.prepare(
    'insert into dead_letters (id, queue, received, body) values (?1, ?2, ?3, ?4) on conflict do nothing',
  );
  await env.DB.batch(
    batch.messages.map(({ id, body }) =>
      insert.bind(`${queue}:${id}`, queue, now, JSON.stringify(body)),
    ),
  );
}
