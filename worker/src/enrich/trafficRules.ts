import type addresses from 'ipaddr.js';
import type { TrafficRule } from '../contract/wire.ts';

/** What rules look at of a request and of an event's page. */
interface Marked {
  /** The visitor's address; used and dropped. Empty where it is not known. */
  address: string;
  /** The header `Cookie`, or empty. */
  cookies: string;
  /** Parameters of the page's URL. */
  query: ReadonlyMap<string, string>;
}

/** What marks an event as the site's own or as a test; undefined for visitors. */
export type FindMark = (marked: Marked) => TrafficRule['as'] | undefined;

type Holds = (marked: Marked) => boolean;
type Addresses = typeof addresses;

/** True where an address is in a range; undefined for a text that is neither range nor address. */
function rangeTest(
  addresses: Addresses,
  range: string,
): ((address: string) => boolean) | undefined {
  const [start = '', length] = range.split('/');
  // The library would read `10.1` as 10.0.0.1.
  const { IPv4, IPv6 } = addresses;
  if (!IPv4.isValidFourPartDecimal(start) && !IPv6.isValid(start)) return undefined;
  if (length !== undefined && !addresses.isValidCIDR(range)) return undefined;
  const base = addresses.parse(start);
  const bits = length === undefined ? base.toByteArray().length * 8 : Number(length);
  return (text) => {
    if (!addresses.isValid(text)) return false;
    // An IPv4 address that came over IPv6 counts as what it is.
    const address = addresses.process(text);
    return address.kind() === base.kind() && address.match(base, bits);
  };
}

/** `name` or `name=value`, taken apart; the value is undefined where every value will do. */
function pairOf(text: string): [name: string, value: string | undefined] {
  const at = text.indexOf('=');
  return at === -1 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function cookieTest(text: string): Holds {
  const [name, value] = pairOf(text);
  return ({ cookies }) =>
    cookies.split(';').some((cookie) => {
      const [itsName, itsValue = ''] = pairOf(cookie.trim());
      return itsName === name && (value === undefined || itsValue === value);
    });
}

function parameterTest(text: string): Holds {
  const [name, value] = pairOf(text);
  return ({ query }) => (value === undefined ? query.has(name) : query.get(name) === value);
}

const load = async (): Promise<Addresses> => (await import('ipaddr.js')).default;

/** Place of the first rule whose address is neither an address nor a range; -1 where all are right. */
export async function wrongAddress(rules: readonly TrafficRule[]): Promise<number> {
  const addresses = await load();
  return rules.findIndex(
    ({ by, value }) => by === 'address' && rangeTest(addresses, value) === undefined,
  );
}

/** The rules of a site, ready to be asked: the first that holds counts. */
export async function marksOf(rules: readonly TrafficRule[]): Promise<FindMark> {
  const byAddress = rules.some(({ by }) => by === 'address');
  const addresses = byAddress ? await load() : undefined;
  const tests = rules.map(({ as, by, value }): { as: TrafficRule['as']; holds: Holds } => {
    if (by === 'cookie') return { as, holds: cookieTest(value) };
    if (by === 'parameter') return { as, holds: parameterTest(value) };
    const within = addresses && rangeTest(addresses, value);
    return { as, holds: ({ address }) => address !== '' && within?.(address) === true };
  });
  return (marked) => tests.find(({ holds }) => holds(marked))?.as;
}
