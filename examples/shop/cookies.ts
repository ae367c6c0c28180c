const MONTH = 30 * 24 * 60 * 60;

/** Cookies of a request, by name. */
export function readCookies(header: string | undefined): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at < 0) continue;
    try {
      cookies.set(pair.slice(0, at).trim(), decodeURIComponent(pair.slice(at + 1).trim()));
    } catch {
      // Not ours: encodeURIComponent never writes a broken escape.
    }
  }
  return cookies;
}

/** A `Set-Cookie` value; an empty text takes the cookie away. Scripts cannot read it. */
export const setCookie = (name: string, value: string): string =>
  `${name}=${encodeURIComponent(value)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${value === '' ? 0 : MONTH}`;
