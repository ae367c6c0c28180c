/**
 * A number in [0, 1) that depends on its arguments alone. What happens to one message does not change when
 * another is left out, so a failing run shrinks.
 */
export function chance(seed: number, ...what: (string | number)[]): number {
  let hash = seed >>> 0;
  for (const char of what.join('|')) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01_00_01_93);
  }
  // The last steps of murmur3: without them neighbours come out alike.
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
