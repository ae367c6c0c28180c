import type { BannerContent } from '../../worker/src/contract/wire.ts';
import { make } from './make.ts';
import { safeUrl } from './safeUrl.ts';

/** The parts with text, in their order, and the element that each is. */
const PARTS = { title: 'strong', text: 'span', code: 'code', action: 'span' };

/** Builds a banner. Its looks can be changed by custom properties and by class names. */
export const renderBanner = (content: BannerContent): HTMLElement => {
  const src = safeUrl(content.image);
  return make(
    'div',
    'banner',
    {
      href: content.href,
      style:
        'display:flex;gap:1em;align-items:center;height:100%;box-sizing:border-box;' +
        'padding:var(--cresset-padding,1em);border-radius:var(--cresset-radius,.5em);text-decoration:none;' +
        'color:var(--cresset-color,#222);background:var(--cresset-background,#f4f1ea)',
    },
    src
      ? make('img', 'banner__image', {
          src,
          alt: content.imageAlt ?? '',
          style:
            'width:var(--cresset-image-width,30%);max-height:100%;aspect-ratio:4/3;object-fit:cover',
        })
      : '',
    make(
      'span',
      'banner__body',
      { style: 'display:grid;justify-items:start' },
      ...Object.entries(PARTS).map(([part, tag]) => {
        const text = content[part as keyof typeof PARTS];
        return text ? make(tag, `banner__${part}`, {}, text) : '';
      }),
    ),
  );
};
