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
