/**
 * A text without control characters, which JSON writes as six bytes each: so three bytes a UTF-16 unit are the
 * most that it takes in a row of a profile, whatever is sent.
 */
// oxlint-disable-next-line no-control-regex -- those are the very characters to replace
export const printable = (text: string): string => text.replaceAll(/[\u0000-\u001f]/g, ' ');
