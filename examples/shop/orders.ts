import { randomUUID } from 'node:crypto';
import type { Cart } from './cart.ts';
import { totalsOf, type Totals } from './totals.ts';

/** Something bought. */
export interface Order {
  /** Not to be guessed: whoever has it may see the order. */
  id: string;
  name: string;
  cart: Cart;
  totals: Totals;
}

/** Orders are kept until the shop stops: this is a demo. The oldest go first. */
const KEPT = 1_000;

export class Orders {
  readonly #orders = new Map<string, Order>();

  place(name: string, cart: Cart): Order {
    const order = { id: randomUUID(), name, cart, totals: totalsOf(cart) };
    this.#orders.set(order.id, order);
    const [oldest] = this.#orders.keys();
    if (this.#orders.size > KEPT && oldest !== undefined) this.#orders.delete(oldest);
    return order;
  }

  find(id: string): Order | undefined {
    return this.#orders.get(id);
  }
}
