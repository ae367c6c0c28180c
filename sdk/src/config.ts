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

/** {@link Options} with the defaults filled in. */
export type Config = { [Name in keyof Options]-?: NonNullable<Options[Name]> };

const isOn = (option: boolean | undefined): boolean => String(option) !== 'false';

/** Fills in the defaults. The script tag's attributes come as texts, so `'false'` is false, too. */
export const resolve = (options: Options): Config => ({
  ...options,
  consent: options.consent ?? 'all',
  pages: isOn(options.pages),
  slots: isOn(options.slots),
  timeout: Number(options.timeout ?? 300),
});
