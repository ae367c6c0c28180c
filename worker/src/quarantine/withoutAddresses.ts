import type { Json } from '../contract/wire.ts';
import { isAddress } from './isAddress.ts';

/** Names of fields that hold an address without having a word that says so; as {@link wordsOf} joins them. */
const KNOWN = new Set([
  'ipaddress',
  'ipaddr',
  'remoteaddr',
  'remoteaddress',
  'forwarded',
  'forwardedfor',
  'xforwardedfor',
]);
const WORD = new Set(['ip', 'ips']);
const AFTER_IP = new Set(['address', 'addresses', 'addr', 'hash']);

/** `lastLoginIP`, `last_login_ip` and `X-Last-Login-IP` are the same words, and so are `ipV4`, `ip_v6` and `ip1`. */
const wordsOf = (name: string): string[] =>
  name
    .replaceAll(/IP(s|v[46])/g, 'Ip$1')
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .map((word) => word.replace(/(?:v[46])?\d*$/, ''))
    .filter((word) => word !== '');

/** Whether a field of this name holds an IP address: its last word says so, or the one before "address". */
export function holdsAddress(name: string): boolean {
  // Nearly all names are through here.
  if (!/ip|addr|forward/i.test(name)) return false;
  // Longer names are made up; the patterns above need not meet them.
  const words = wordsOf(name.slice(-100));
  const last = words.at(-1) ?? '';
  if (WORD.has(last) || words.some((word) => KNOWN.has(word)) || KNOWN.has(words.join(''))) {
    return true;
  }
  return AFTER_IP.has(last) && WORD.has(words.at(-2) ?? '');
}

const isOne = (value: Json): boolean => typeof value === 'string' && isAddress(value);

/** The value without any field that holds an IP address by its name, or any text that is one, at whatever depth. */
export function withoutAddresses(value: Json): Json {
  if (isOne(value)) return null;
  if (Array.isArray(value)) return value.filter((item) => !isOne(item)).map(withoutAddresses);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) =>
      holdsAddress(name) || isAddress(name) || isOne(item)
        ? []
        : [[name, withoutAddresses(item)] as const],
    ),
  );
}
