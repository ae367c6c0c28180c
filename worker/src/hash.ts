const encoder = new TextEncoder();

/** UTF-8 bytes of a text. */
export const bytes = (text: string): Uint8Array<ArrayBuffer> =>
  encoder.encode(text) as Uint8Array<ArrayBuffer>;

/** Lower-case hex of bytes. */
export const hex = (data: ArrayBuffer | Uint8Array): string =>
  Array.from(data instanceof Uint8Array ? data : new Uint8Array(data), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');

/** Unpadded base64url of bytes. */
export function base64url(data: ArrayBuffer | Uint8Array): string {
  const view = data instanceof Uint8Array ? data : new Uint8Array(data);
  return btoa(String.fromCharCode(...view))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Bytes of an unpadded base64url text; throws where it is none. */
export const fromBase64url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
    char.charCodeAt(0),
  );

/** True when both are the same, in a time that does not tell where they differ. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (const [i, byte] of a.entries()) difference |= byte ^ (b[i] ?? 0);
  return difference === 0;
}
