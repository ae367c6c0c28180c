import { PATH_BATCH } from '../worker/src/contract/values.ts';
import type { PageElement } from './elements.ts';
import type { Tag } from './findTag.ts';
import { type Check, fail, note, pass } from './found.ts';
import { refusalOf } from './policy.ts';

/** The policies of a page that are in force at one of its elements: its `<meta>` counts for what follows it. */
const policiesAt = (at: number, header: string, elements: readonly PageElement[]): string[] => [
  ...header.split(',').filter((policy) => policy.trim() !== ''),
  ...elements.slice(0, at).flatMap(({ name, parent, attributes }) => {
    const isPolicy =
      attributes.get('http-equiv')?.trim().toLowerCase() === 'content-security-policy';
    return name === 'meta' && parent === 'head' && isPolicy
      ? [attributes.get('content') ?? '']
      : [];
  }),
];

/** Whether a page's policies let its tag load and send. None where it has no policy. */
export function checkPolicy(
  { at, script, nonce, integrity, as }: Tag,
  host: string,
  page: string,
  header: string,
  elements: readonly PageElement[],
): Check[] {
  const before = policiesAt(at, header, elements);
  const all = policiesAt(elements.length, header, elements);
  const loads = {
    directives: ['script-src-elem', 'script-src', 'default-src'],
    url: new URL(script),
    page: new URL(page),
    nonce,
    integrity,
  };
  const sends = {
    directives: ['connect-src', 'default-src'],
    url: new URL(host + PATH_BATCH),
    page: new URL(page),
  };
  const refused = [
    ...before.map((policy) => ({ what: loads, refusal: refusalOf(policy, loads) })),
    ...all.map((policy) => ({ what: sends, refusal: refusalOf(policy, sends) })),
  ].flatMap(({ what: { url, directives }, refusal }) => {
    if (refusal === undefined) return [];
    const { directive, byNonce } = refusal;
    const refuses = `Its Content-Security-Policy refuses ${url.href}`;
    if (byNonce && as === 'data') {
      return [note('policy', `${refuses}, but if what starts the tag has the nonce.`)];
    }
    if (byNonce) {
      return [fail('policy', `${refuses}: give the tag the nonce that ${directive} asks for.`)];
    }
    const cure =
      directive === 'default-src'
        ? `set ${directives.at(-2)} to what default-src has, and ${url.origin}`
        : `add ${url.origin} to ${directive}`;
    return [fail('policy', `${refuses}: ${cure}.`)];
  });
  if (all.length === 0 || refused.length > 0) return refused;
  return [pass('policy', 'Its Content-Security-Policy lets the tag load and send.')];
}
