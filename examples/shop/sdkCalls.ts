import type { Product } from '../../worker/src/contract/wire.ts';
import { signUserId, displayName } from './account.ts';
import { type Cart, linesOf } from './cart.ts';
import { type Item, pathOf, pictureOf } from './catalogue.ts';
import { percentOff } from './coupon.ts';
import { amount, CURRENCY } from './money.ts';
import type { Order } from './orders.ts';
import { totalsOf } from './totals.ts';

/** One call of the SDK as data: the page's script does `cresset(...call)`. */
export type SdkCall = readonly [method: string, ...args: unknown[]];

/** What a page brings for its script. */
export interface PageData {
  calls: readonly SdkCall[];
  identity: Identity | null;
}

/** An item as events name it. */
const productOf = (item: Item, pieces = 1): Product => ({
  product_id: item.id,
  name: item.name,
  category: item.category,
  price: amount(item.price),
  quantity: pieces,
  url: pathOf(item),
  image_url: pictureOf(item),
});

const productsOf = (cart: Cart): Product[] =>
  linesOf(cart).map(({ item, pieces }) => productOf(item, pieces));

const coupon = (cart: Cart): { coupon?: string } =>
  cart.coupon === null ? {} : { coupon: cart.coupon };

export const productViewed = (item: Item): SdkCall => [
  'track',
  'Product Viewed',
  { ...productOf(item), currency: CURRENCY },
];

export const cartViewed = (cart: Cart): SdkCall => ['cart.view', productsOf(cart)];

/** What tells of a line that went from one count to another; nothing where it stayed. */
export function piecesChanged(item: Item, from: number, to: number): SdkCall[] {
  if (from === to) return [];
  const product = { ...productOf(item, Math.abs(to - from)), currency: CURRENCY };
  return [[to > from ? 'cart.add' : 'cart.remove', product]];
}

export function checkoutStarted(cart: Cart): SdkCall {
  const { goods, discount, shipping, total } = totalsOf(cart);
  return [
    'checkout',
    {
      value: amount(total),
      revenue: amount(goods - discount),
      shipping: amount(shipping),
      discount: amount(discount),
      currency: CURRENCY,
      ...coupon(cart),
      products: productsOf(cart),
    },
  ];
}

/** Counted once per `order_id`: a reload of the page that says it does no harm. */
export const ordered = ({ id, cart, totals }: Order): SdkCall => [
  'purchase',
  {
    order_id: id,
    total: amount(totals.total),
    subtotal: amount(totals.goods),
    revenue: amount(totals.goods - totals.discount),
    shipping: amount(totals.shipping),
    discount: amount(totals.discount),
    currency: CURRENCY,
    ...coupon(cart),
    products: productsOf(cart),
  },
];

export const couponEntered = (cart: Cart, code: string): SdkCall =>
  percentOff(code) === undefined
    ? ['track', 'Coupon Denied', { coupon_name: code, reason: 'Unknown code' }]
    : [
        'track',
        'Coupon Applied',
        { coupon_name: code, discount: amount(totalsOf({ ...cart, coupon: code }).discount) },
      ];

export const couponRemoved = (code: string): SdkCall => [
  'track',
  'Coupon Removed',
  { coupon_name: code },
];

/** Who is signed in, and the call that tells the SDK. */
export interface Identity {
  user: string;
  call: SdkCall;
}

/** Signed, so that Cresset takes the shop's word for who this is. */
export const identityOf = (identitySecret: string, user: string): Identity => ({
  user,
  call: [
    'identify',
    user,
    { email: user, name: displayName(user) },
    { signature: signUserId(identitySecret, user) },
  ],
});
