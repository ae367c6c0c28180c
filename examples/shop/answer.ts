import type { ErasureReceipt } from '../../worker/src/contract/wire.ts';
import type { Cart } from './cart.ts';
import type { Html } from './html.ts';
import type { Page } from './pages/layout.ts';
import type { Identity, SdkCall } from './sdkCalls.ts';

/** What a form that was sent by the page's script gets back, as JSON. */
export interface LiveAnswer {
  /** What happened, for the SDK. */
  calls: readonly SdkCall[];
  /** Who is signed in now; absent where that did not change. */
  identity?: Identity | null;
  /** What happened, for the shopper. */
  message: string;
  /** Pieces in the cart now. */
  count: number;
  /** Where to go next. */
  go?: string;
  /** A part of the page to draw anew: the id of its element and what is in it now. */
  region?: { id: string; html: string };
  /** What was erased, where the visitor asked for it. */
  receipts?: readonly ErasureReceipt[];
}

/** What a form did. */
export interface Done {
  calls?: readonly SdkCall[];
  message?: string;
  cart?: Cart;
  /** Changed sign-in: a user id, or null for signed out. */
  user?: string | null;
  /** Where a page without script is sent, and, unless there is a region, one with script too. */
  go: string;
  /** For the script: stay, and draw this part anew. */
  region?: { id: string; html: Html };
  /** Stay without drawing anything. */
  stay?: boolean;
  /** What was erased; the shop forgets what it kept of the user too. */
  receipts?: readonly ErasureReceipt[];
}

/** What a route answers. */
export type Answer = { page: Page } | { done: Done } | { redirect: string } | { data: unknown };
