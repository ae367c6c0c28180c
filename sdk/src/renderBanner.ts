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
        'display:flex;gap:1em;height:100%;box-sizing:border-box;padding:var(--cresset-padding,1em);' +
        'color:var(--cresset-color,#222);background:var(--cresset-background,#f4f1ea);' +
        'border-radius:var(--cresset-radius,.5em);text-decoration:none',
    },
    src
      ? make('img', 'banner__image', {
          src,
          alt: content.imageAlt ?? '',
          // As high as the text or the place, whatever the picture's own size: it moves nothing when it is loaded.
          style: 'min-width:30%;min-height:4em;contain:size;object-fit:cover',
        })
      : '',
    make(
      'span',
      'banner__body',
      { style: 'display:grid;align-content:center' },
      ...Object.entries(PARTS).map(([part, tag]) => {
        const text = content[part as keyof typeof PARTS];
        return text ? make(tag, `banner__${part}`, {}, text) : '';
      }),
    ),
  );
};
