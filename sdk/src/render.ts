import type { BannerContent } from '../../worker/src/contract/wire.ts';

/**
 * The absolute form of a URL that neither runs script nor holds data, else nothing: the answer is not
 * trusted to have been checked.
 */
export const safeUrl = (url: string | undefined, base: string): string | undefined => {
  const parsed = url && URL.parse(url, base);
  return parsed && /^(https?|mailto|tel):$/.test(parsed.protocol) ? parsed.href : undefined;
};

/** The parts with text, in their order. */
const PARTS = [
  ['strong', 'title'],
  ['span', 'text'],
  ['code', 'code'],
  ['span', 'action'],
] as const;

/** An element with a class of ours. `style` is set by CSSOM, which a strict Content-Security-Policy allows. */
const make = (
  tag: string,
  part: string,
  properties: { [name: string]: string },
  ...children: (Node | string)[]
): HTMLElement => {
  const element = Object.assign(document.createElement(tag), properties, {
    className: `cresset-banner${part}`,
  });
  element.append(...children);
  return element;
};

/** Builds a banner: text only, never HTML. Its looks can be changed by custom properties and by class names. */
export const renderBanner = (content: BannerContent): HTMLElement => {
  const href = safeUrl(content.href, location.href);
  const src = safeUrl(content.image, location.href);
  return make(
    href ? 'a' : 'div',
    '',
    {
      ...(href && { href }),
      style:
        'display:flex;gap:1em;align-items:center;height:100%;box-sizing:border-box;' +
        'padding:var(--cresset-padding,1em);border-radius:var(--cresset-radius,.5em);text-decoration:none;' +
        'color:var(--cresset-color,#222);background:var(--cresset-background,#f4f1ea)',
    },
    src
      ? make('img', '__image', {
          src,
          alt: content.imageAlt ?? '',
          style:
            'width:var(--cresset-image-width,30%);max-height:100%;aspect-ratio:4/3;object-fit:cover',
        })
      : '',
    make(
      'span',
      '__body',
      { style: 'display:grid;justify-items:start' },
      ...PARTS.map(([tag, part]) =>
        content[part] ? make(tag, `__${part}`, {}, content[part]) : '',
      ),
    ),
  );
};
