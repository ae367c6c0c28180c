import { COMPILE_GAP, compileSnapshot } from '../site/snapshot.ts';

/** Sites for which this isolate waits to compile. */
const waiting = new Set<string>();

/** Compiles a changed site unless somebody did within the gap: the row says who may, so only one does. */
async function compileIfDue(env: Env, site: string, now: number): Promise<boolean> {
  const { meta } = await env.DB.prepare(
    'update sites set compiled_at = ?2 where id = ?1 and version > compiled and compiled_at <= ?3',
  )
    .bind(site, now, now - COMPILE_GAP)
    .run();
  if (meta.changes !== 1) return false;
  await compileSnapshot(env, site, now);
  return true;
}

async function compileLater(env: Env, site: string): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, COMPILE_GAP));
  waiting.delete(site);
  await compileIfDue(env, site, Date.now());
}

/**
 * Brings a change into the snapshot: now, or when {@link COMPILE_GAP} is over. Never throws: the change
 * itself is stored, and what fails here the cron's `compileChanged` does again.
 */
export async function publish(
  env: Env,
  background: Pick<ExecutionContext, 'waitUntil'>,
  site: string,
  now: number,
): Promise<void> {
  const compiled = await compileIfDue(env, site, now).catch(() => false);
  if (compiled || waiting.has(site)) return;
  waiting.add(site);
  background.waitUntil(compileLater(env, site).catch(() => undefined));
}
