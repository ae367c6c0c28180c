import { PRODUCT_ADDED } from '../../../worker/src/contract/values.ts';
import { running } from '../lifecycle.ts';
import type { Part } from '../part.ts';
import type { Properties } from '../properties.ts';

const PROPERTY = 'data-cresset-prop-';

/**
 * Events without code: a click on `data-cresset-add` adds the product of the nearest `data-cresset-product` around it
 * to the cart, so many as the product or the attribute says; a click on `data-cresset-event`, or sending a form that
 * has it, is that event, with its `data-cresset-prop-…` as properties.
 */
export const attributes: Part = (cresset) => {
  const follow = ({ type, target }: Event): void => {
    const near = (name: string): HTMLElement | null | undefined =>
      (target as Element).closest?.<HTMLElement>(`[data-cresset-${name}]`);
    const added = near('add');
    if (added && type === 'click') {
      const product = near('product')?.dataset['cressetProduct'] as string;
      const quantity = +(added.dataset['cressetAdd'] as string) || 1;
      cresset.track(PRODUCT_ADDED, { quantity, ...JSON.parse(product) });
    }
    const named = near('event');
    if (named && (type === 'submit') === named.matches('form')) {
      const properties: Properties = {};
      for (const { name, value } of named.attributes)
        if (name.startsWith(PROPERTY)) properties[name.slice(PROPERTY.length)] = value;
      cresset.track(named.dataset['cressetEvent'] as string, properties);
    }
  };
  cresset.on('start', () => {
    running._on('click submit', follow);
  });
};
