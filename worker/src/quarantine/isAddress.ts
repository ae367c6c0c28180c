const OCTET = String.raw`(?:25[0-5]|2[0-4]\d|[01]?\d?\d)`;
/** Four parts, with a port or a length of a range. */
const IPV4 = new RegExp(String.raw`^${OCTET}(?:\.${OCTET}){3}(?:[:/]\d{1,5})?$`);
/** What may be one; whether it is one, the URL parser says. With a zone, brackets, a length of a range, a port. */
const MAYBE_IPV6 = /^\[?([\da-f:.]*:[\da-f:.]*)(?:%[\w.-]+)?\]?(?:\/\d{1,3})?(?::\d{1,5})?$/i;
/** Longer than any of these. */
const LONGEST = 80;

/** Whether a text is an IP address and nothing else: IPv4 or IPv6, also with a port. */
export function isAddress(text: string): boolean {
  if (text.length > LONGEST || !/[.:]/.test(text)) return false;
  const trimmed = text.trim();
  if (IPV4.test(trimmed)) return true;
  const [, address] = MAYBE_IPV6.exec(trimmed) ?? [];
  return address !== undefined && URL.canParse(`http://[${address}]`);
}
