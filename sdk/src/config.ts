import type { ConsentLevel } from './consent.ts';
import type { Part } from './part.ts';

/** What `init` takes. */
export interface Options {
  /** The site's write key, `wk_…`. */
  key: string;
  /** Origin of the worker, such as `https://c.example.com`, or with the path that a proxy has for it. The script tag takes its own. */
  host: string;
  /** What the visitor agreed to; default `all`. Not remembered: say it at every load. */
  consent?: ConsentLevel | undefined;
  /** Send a page view on load and on every navigation by the History API; default true. */
  pages?: boolean | undefined;
  /** The fragment tells pages apart, as in `#/cart`; default false. */
  hash?: boolean | undefined;
  /** Names of query parameters to keep in page URLs besides those of campaigns and clicks, separated by spaces. */
  params?: string | undefined;
  /** Fill the elements that have `data-cresset-slot`, at each page view; default true. */
  slots?: boolean | undefined;
  /** Milliseconds for which a decision is waited for before the slot keeps what it has; default 300. */
  timeout?: number | undefined;
  /** Further parts. The script tag takes their names, separated by spaces, and loads them from the worker. */
  with?: Part[] | undefined;
}

/** Is an option that is on by default still on? The script tag's attributes come as texts. */
export const isOn = (option: boolean | undefined): boolean => String(option) !== 'false';

/** The options in force. There is one Cresset on a page. */
export let options: Options;

/** From now on these options are in force. */
export const setOptions = (given: Options): void => {
  options = { ...given };
};
