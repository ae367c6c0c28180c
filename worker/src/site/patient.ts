/**
 * Longest wait for a store that says what is known of a site. Milliseconds. A request asks up to four one after the
 * other, and our SDK gives it up after 10 s.
 */
const PATIENCE = 2_000;

/** What a store answers. Throws where that takes longer than {@link PATIENCE}: slow is as good as away. */
export async function patient<T>(asked: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${PATIENCE} ms`)), PATIENCE);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * For how long a secret counts that was good when D1 was last asked, while D1 is away: what was revoked meanwhile must
 * have an end. A write key, which is public, counts for as long as that lasts, so that events are taken. Milliseconds.
 */
export const SECRET_WITHOUT_D1 = 15 * 60_000;
