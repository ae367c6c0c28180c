import type { ConsentLevel } from './consent.ts';

/** What `init` takes. */
export interface Options {
  /** The site's write key, `wk_…`. */
  key: string;
  /** Origin of the worker, such as `https://c.example.com`. The script tag takes its own origin. */
  host: string;
  /** What the visitor agreed to; default `all`. Not remembered: say it at every load. */
  consent?: ConsentLevel | undefined;
  /** Send a page view on load and on every navigation by the History API; default true. */
  pages?: boolean | undefined;
  /** Fill the elements that have `data-cresset-slot`, at each page view; default true. */
  slots?: boolean | undefined;
  /** Milliseconds for which a decision is waited for before the slot keeps what it has; default 300. */
  timeout?: number | undefined;
}

/** Default of {@link Options.timeout}. */
export const TIMEOUT = 300;

/** Is an option that is on by default still on? The script tag's attributes come as texts. */
export const isOn = (option: boolean | undefined): boolean => String(option) !== 'false';
