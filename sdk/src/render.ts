import type { make } from './make.ts';
import { renderBanner } from './renderBanner.ts';
import { renderText } from './renderText.ts';
import type { safeUrl } from './safeUrl.ts';

/** What a renderer may build with, so that a part of its own need not bring it. */
export interface Tools {
  make: typeof make;
  safeUrl: typeof safeUrl;
}

/** Turns an offer's content into what is shown. What it throws leaves the place as it is. */
export type Renderer<Content = never> = (content: Content, tools: Tools) => Node;

/** Renderers by kind of offer. */
export type Renderers = { [kind: string]: Renderer };

/** The renderers that are always there. Kinds are looked up in it: it must not know `constructor`. */
export const renderers: Renderers = {
  __proto__: null as never,
  banner: renderBanner,
  text: renderText,
};
