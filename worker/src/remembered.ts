/**
 * A function of a text that remembers its answers. For texts that come again, such as user agents, of which an
 * isolate meets a few hundred; when there are more than `most` it begins anew.
 *
 * @param longest texts that have more UTF-16 units are worked out each time, so that memory is bounded
 */
export function remembered<T>(
  work: (text: string) => T,
  most = 1_000,
  longest = 1_024,
): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const hit = known.get(text);
    if (hit !== undefined) return hit;
    const made = work(text);
    if (text.length > longest) return made;
    if (known.size >= most) known.clear();
    known.set(text, made);
    return made;
  };
}
