import type { ProfileAnswer } from '../../../../worker/src/contract/wire.ts';
import { make } from '../dom.ts';

/** What lies in the cart; nothing where it is empty. */
export function cartView({ cart }: ProfileAnswer): HTMLElement[] {
  if (cart.items.length === 0) return [];
  const lines = cart.items.map(({ name, product_id, quantity }) =>
    make('li', '', `${quantity ?? 1} × ${name ?? product_id ?? 'something'}`),
  );
  return [make('h3', '', 'In the cart'), make('ul', 'incart', ...lines)];
}
