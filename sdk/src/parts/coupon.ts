import type { CouponContent } from '../../../worker/src/contract/wire.ts';
import type { Part } from '../part.ts';
import type { Tools } from '../render.ts';

const BOX =
  'display:grid;gap:.5em;justify-items:start;box-sizing:border-box;min-height:100%;padding:var(--cresset-padding,1em);' +
  'border-radius:var(--cresset-radius,.5em);color:var(--cresset-color,#222);background:var(--cresset-background,#f4f1ea)';

/** As the page's language writes it; as the browser's does where the page names none, or none that there is. */
const written = (day: Date): string => {
  const format = (language?: string): string =>
    day.toLocaleDateString(language, { dateStyle: 'long' });
  try {
    return format(document.documentElement.lang);
  } catch {
    return format();
  }
};

const render = (content: CouponContent, { make }: Tools): Node => {
  const { title, text, code, expires, until, copy, copied, href, action } = content;
  const end = expires ? new Date(`${expires}T23:59:59.999`) : undefined;
  if (end && end.getTime() < Date.now()) throw Error('the coupon has expired');

  const shown = make(
    'code',
    'coupon__code',
    { style: 'padding:.25em .75em;border:1px dashed;user-select:all' },
    code,
  );
  const status = make('span', 'coupon__status', { role: 'status', ariaLive: 'polite' });
  const button = make('button', 'coupon__copy', { type: 'button' }, copy ?? 'Copy');
  const take = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(code);
    } catch {
      // Not there on a page without TLS, or not allowed: then the code is selected, to be copied by hand at worst.
      getSelection()?.selectAllChildren(shown);
      // oxlint-disable-next-line typescript/no-deprecated -- the only other way, and every browser still has it
      if (!document.execCommand('copy')) return;
    }
    status.textContent = copied ?? 'Copied';
  };
  button.addEventListener('click', () => void take());

  return make(
    'div',
    'coupon',
    { role: 'group', ariaLabel: title, style: BOX },
    make('strong', 'coupon__title', {}, title),
    text ? make('span', 'coupon__text', {}, text) : '',
    make(
      'span',
      'coupon__row',
      { style: 'display:flex;flex-wrap:wrap;gap:.5em;align-items:center' },
      shown,
      button,
      status,
    ),
    end
      ? make(
          'span',
          'coupon__until',
          {},
          `${until ?? 'Valid until'} `,
          make('time', 'coupon__day', { dateTime: expires }, written(end)),
        )
      : '',
    href && action ? make('span', 'coupon__action', { href, style: 'color:inherit' }, action) : '',
  );
};

/** Shows offers of the kind `coupon`: a code with a button that copies it. */
const coupon: Part = ({ renderers }) => {
  renderers['coupon'] = render;
};
export default coupon;
