import type { BannerContent } from '../../worker/src/contract/wire.ts';

/**
 * The absolute form of a URL that neither runs script nor holds data, else nothing: the answer is not
 * trusted to have been checked.
 */
export const safeUrl = (url: string | undefined, base: string): string | undefined => {
  const parsed = url && URL.parse(url, base);
  return parsed && /^(https?|mailto|tel):$/.test(parsed.protocol) ? parsed.href : undefined;
};

/**
 * Builds a banner: text only, never HTML. The looks are set by CSSOM, which a strict
 * Content-Security-Policy allows, and can be changed by custom properties and by the class names.
 */
export const renderBanner = (content: BannerContent): HTMLElement => {
  const href = safeUrl(content.href, location.href);
  const src = safeUrl(content.image, location.href);
  const add = (
    parent: HTMLElement | undefined,
    tag: string,
    part: string,
    text: string | undefined,
    style: string,
  ): HTMLElement => {
    const element = document.createElement(tag);
    element.className = `cresset-banner${part}`;
    element.style.cssText = style;
    element.textContent = text ?? '';
    parent?.append(element);
    return element;
  };
  const banner = Object.assign(
    add(
      undefined,
      href ? 'a' : 'div',
      '',
      '',
      'display:flex;gap:1em;align-items:center;height:100%;box-sizing:border-box;overflow:hidden;' +
        'padding:var(--cresset-padding,1em);text-decoration:none;' +
        'color:var(--cresset-color,#222);background:var(--cresset-background,#f4f1ea)',
    ),
    href && { href },
  );
  if (src)
    Object.assign(
      add(banner, 'img', '__image', '', 'width:30%;max-height:100%;aspect-ratio:4/3;object-fit:cover'),
      { alt: content.imageAlt ?? '', src },
    );
  const body = add(banner, 'span', '__body', '', 'display:grid;justify-items:start');
  for (const [tag, part] of [['strong', 'title'], ['span', 'text'], ['code', 'code'], ['span', 'action']] as const)
    if (content[part]) add(body, tag, `__${part}`, content[part], '');
  return banner;
};
