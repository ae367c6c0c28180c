/** Never an address of somebody on the network: the worker runs on the developer's own machine. */
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

/** The first 64 bits of an IPv6 address: one customer has at least as many addresses (RFC 6177). */
function prefixOf(address: string): string {
  const [head = '', tail] = address.split('::', 2);
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(8 - before.length - after.length, 0);
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => group.toLowerCase().replace(/^0+(?=.)/, ''))
    .join(':');
}

/** What stands for whoever is behind an address; undefined for the machine itself. */
export function neighbourhoodOf(address: string): string | undefined {
  if (LOOPBACK.test(address)) return undefined;
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  return mapped ?? (address.includes(':') ? prefixOf(address) : address);
}
