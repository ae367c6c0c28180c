import { safeUrl } from './safeUrl.ts';

/** What an element gets. `style` is set by CSSOM, which a strict Content-Security-Policy allows. */
export type Attributes = { href?: string | undefined; [name: string]: string | undefined };

/**
 * Makes an element with the class `cresset-<part>`. It is a link instead where `href` leads somewhere safe. Text
 * is text, never HTML.
 */
export const make = (
  tag: string,
  part: string,
  { href, ...attributes }: Attributes,
  ...children: (Node | string)[]
): HTMLElement => {
  const url = safeUrl(href);
  const element = Object.assign(
    document.createElement(url ? 'a' : tag),
    url && { href: url },
    attributes,
    { className: `cresset-${part}` },
  );
  element.append(...children);
  return element;
};
