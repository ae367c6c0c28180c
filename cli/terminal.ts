/**
 * A text that a terminal shows and does not obey: what a worker or a page answers was written by
 * others.
 */
export const shown = (text: string): string => text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, '?');

/** JSON for a terminal: the controls that JSON leaves as they are become escapes. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, undefined, indent).replaceAll(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
