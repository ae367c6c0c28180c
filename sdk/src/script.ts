import type { Cresset } from './api.ts';
import type { Options } from './config.ts';
import { guard, warn } from './guard.ts';
import { init } from './init.ts';
import { loading } from './loading.ts';

/** `cresset('cart.add', …)` is the same as `cresset.cart.add(…)`. */
type Call = (method: string, ...args: unknown[]) => unknown;
/** The page's only global. At first it is the stub with the calls it queued, then a function that also has the API. */
type Global = {
  cresset: undefined | { q?: Parameters<Call>[]; stop?: never } | (Call & Cresset & { q?: never });
};
type Method = (...args: unknown[]) => unknown;
type Methods = { [name: string]: unknown };

/** Starts Cresset from the script tag's `data-…` attributes, and makes the calls that the stub queued. */
const start = guard(({ src, dataset }: HTMLScriptElement) => {
  const page = window as never as Global;
  const stub = page.cresset;
  // The tag stands on the page twice: the first one stays.
  if (stub?.stop) {
    warn('init called twice');
    return;
  }
  const api = init({
    // Beside the script, which a proxy may have under a path of its own; a pinned build is one folder deeper.
    host: src.replace(/(\/c)?\/[^/]*$/, ''),
    ...(dataset as never as Omit<Options, 'host'>),
    with: [loading(dataset['with'])],
  });
  const call: Call = guard((method, ...args) =>
    (
      method
        .split('.')
        .reduce((found, name) => found[name] as Methods, api as never as Methods) as never as Method
    )(...args),
  );
  page.cresset = Object.assign(call, api);
  stub?.q?.forEach((args) => call(...args));
});
start(document.currentScript as HTMLScriptElement);
