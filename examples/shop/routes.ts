import { couponEntered, couponRemoved, piecesChanged } from './sdkCalls.ts';
import { userIdOf } from './account.ts';
import type { Answer } from './answer.ts';
import type { Changes } from './changes.ts';
import { EMPTY_CART, setPieces } from './cart.ts';
import { findCategory, findItem } from './catalogue.ts';
import { normalise, percentOff } from './coupon.ts';
import type { Knows } from './knows.ts';
import type { Orders } from './orders.ts';
import { cartPage, cartRegion } from './pages/cart.ts';
import { category } from './pages/category.ts';
import { checkout, type CheckoutForm, FIELDS } from './pages/checkout.ts';
import { home } from './pages/home.ts';
import { notFound } from './pages/notFound.ts';
import { product } from './pages/product.ts';
import { signIn, signInRegion } from './pages/signIn.ts';
import { thanks } from './pages/thanks.ts';
import type { Who } from './people.ts';
import type { Visit } from './visit.ts';

/** What a route works with. */
interface Call {
  visit: Visit;
  query: URLSearchParams;
  /** Fields of the form; empty for a GET. */
  form: URLSearchParams;
  /** What follows the route's path: `cone-dripper` of `/p/cone-dripper`. */
  rest: string;
}

/** What the routes share. */
export interface Back {
  orders: Orders;
  knows: Knows;
  changes: Changes;
}

type Route = (call: Call, back: Back) => Answer | Promise<Answer>;

/** Who acts: the anonymous id is what the page says, the user is who the session says. */
const whoActs = ({ visit, form }: Call): Who => ({
  anonymousId: form.get('anonymousId') ?? '',
  user: visit.user,
});

const NOTHING: Answer = { page: notFound };

function changeCart({ visit, form }: Call, pieces: (before: number) => number, go: string): Answer {
  const item = findItem(form.get('item') ?? '');
  if (item === undefined) return NOTHING;
  const before = visit.cart.pieces.get(item.id) ?? 0;
  const cart = setPieces(visit.cart, item.id, pieces(before));
  const after = cart.pieces.get(item.id) ?? 0;
  const calls = piecesChanged(item, before, after);
  const message =
    after > before
      ? `${item.name} is in your cart`
      : after === 0
        ? `${item.name} is out of your cart`
        : after < before
          ? `${after} × ${item.name} in your cart`
          : `No more than ${after} of one thing`;
  return { done: { cart, calls, message, go } };
}

const pieces = (form: URLSearchParams): number => {
  const number = Math.trunc(Number(form.get('pieces') ?? '1'));
  return Number.isFinite(number) ? Math.max(0, number) : 0;
};

/** GET and POST by path; a path that ends in `/` takes one more segment as `rest`. */
export const ROUTES: Readonly<Record<string, Route>> = {
  'GET /': () => ({ page: home }),
  'GET /c/': ({ rest }) => {
    const found = findCategory(rest);
    return found === undefined ? NOTHING : { page: category(found) };
  },
  'GET /p/': ({ rest }) => {
    const found = findItem(rest);
    return found === undefined ? NOTHING : { page: product(found) };
  },
  // A link may bring a coupon along; it is filled in, and the shopper applies it.
  'GET /cart': ({ visit, query }) => ({
    page: cartPage(visit.cart, { typed: normalise(query.get('coupon') ?? '').slice(0, 30) }),
  }),
  'POST /cart/add': (call) => {
    const answer = changeCart(call, (before) => before + Math.max(1, pieces(call.form)), '/cart');
    return 'done' in answer ? { done: { ...answer.done, stay: true } } : answer;
  },
  'POST /cart/set': (call) => {
    const answer = changeCart(call, () => pieces(call.form), '/cart');
    if (!('done' in answer) || answer.done.cart === undefined) return answer;
    return { done: { ...answer.done, region: { id: 'cart', html: cartRegion(answer.done.cart) } } };
  },
  'POST /cart/coupon': ({ visit, form }) => {
    const typed = (form.get('coupon') ?? '').slice(0, 60);
    const code = normalise(typed);
    const known = percentOff(code) !== undefined;
    const cart = known ? { ...visit.cart, coupon: code } : visit.cart;
    const error =
      code === '' ? 'Type a code first.' : 'There is no such coupon. Is it spelled right?';
    return {
      done: {
        cart,
        calls: code === '' ? [] : [couponEntered(cart, code)],
        message: known ? `Coupon ${code} is applied` : error,
        go: '/cart',
        region: { id: 'cart', html: cartRegion(cart, known ? {} : { typed, error }) },
      },
    };
  },
  'POST /cart/coupon/remove': ({ visit }) => {
    const { coupon } = visit.cart;
    const cart = { ...visit.cart, coupon: null };
    return {
      done: {
        cart,
        calls: coupon === null ? [] : [couponRemoved(coupon)],
        message: 'The coupon is removed',
        go: '/cart',
        region: { id: 'cart', html: cartRegion(cart) },
      },
    };
  },
  'GET /checkout': ({ visit }) =>
    visit.cart.pieces.size === 0 ? { redirect: '/cart' } : { page: checkout(visit) },
  'POST /checkout': ({ visit, form }, { orders }) => {
    if (visit.cart.pieces.size === 0) return { redirect: '/cart' };
    const filled: CheckoutForm = Object.fromEntries(
      FIELDS.map(({ name }) => [name, (form.get(name) ?? '').trim().slice(0, 100)]),
    );
    const { name = '' } = filled;
    if (FIELDS.some((field) => (filled[field.name] ?? '') === '')) {
      return { page: { ...checkout(visit, filled), status: 422 } };
    }
    const order = orders.place(name, visit.cart);
    return { done: { cart: EMPTY_CART, go: `/thanks/${order.id}` } };
  },
  'GET /thanks/': ({ rest }, { orders }) => {
    const order = orders.find(rest);
    return order === undefined ? NOTHING : { page: thanks(order) };
  },
  'GET /sign-in': ({ visit }) => ({ page: signIn(visit) }),
  'POST /sign-in': ({ form }) => {
    const typed = form.get('user') ?? '';
    const user = userIdOf(typed);
    if (user === null) {
      const error = 'Write it like an e-mail address: ada@example.org.';
      const region = { id: 'account', html: signInRegion(typed.slice(0, 160), error) };
      return { done: { message: error, go: '/sign-in', region } };
    }
    return { done: { user, go: '/' } };
  },
  'POST /sign-out': () => ({ done: { user: null, cart: EMPTY_CART, go: '/' } }),
  // Another browser is not signed in, has an empty cart and an anonymous id of its own.
  'POST /identity/another-browser': () => ({
    done: { user: null, cart: EMPTY_CART, calls: [['reset']], go: '/' },
  }),
  'POST /identity/split': async (call, { changes }) => {
    const reason = (call.form.get('reason') ?? '').trim().slice(0, 500);
    return { done: { message: await changes.split(whoActs(call), reason), go: '/', stay: true } };
  },
  'POST /identity/erase': async (call, { changes }) => {
    const receipts = await changes.erase(whoActs(call));
    if (typeof receipts === 'string') return { done: { message: receipts, go: '/', stay: true } };
    // Whoever was erased is dropped from now on: this browser goes on as a stranger.
    return { done: { user: null, cart: EMPTY_CART, calls: [['reset']], receipts, go: '/' } };
  },
  'GET /what-cresset-knows': async ({ visit, query }, { knows }) => ({
    data: await knows({
      anonymousId: query.get('anonymousId') ?? '',
      user: visit.user,
      slots: (query.get('slots') ?? '').split(',').filter((slot) => slot !== ''),
      page: { url: query.get('url') ?? '', referrer: query.get('referrer') ?? '' },
    }),
  }),
};
