const encoder = new TextEncoder();

/**
 * Writes the UTF-8 of a text to the beginning of `bytes`, which has three for each UTF-16 unit, and answers
 * how many were written. What is named in a request is nearly always ASCII and short: copied here it costs
 * a tenth of a call into the runtime (0.7 µs, 2026-11-22), and a request hashes half a dozen of them.
 */
export function writeUtf8(text: string, bytes: Uint8Array): number {
  const { length } = text;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 127) return encoder.encodeInto(text, bytes).written;
    bytes[i] = unit;
  }
  return length;
}
