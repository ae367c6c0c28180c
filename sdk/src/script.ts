import { type Cresset, init } from './client.ts';
import { guard } from './guard.ts';

/** `cresset('cart.add', …)` is the same as `cresset.cart.add(…)`. */
type Call = (method: string, ...args: unknown[]) => unknown;
/** The page's only global. At first it is the stub with the calls it queued, then a function that also has the API. */
type Global = {
  cresset: undefined | { q?: Parameters<Call>[] } | (Call & Cresset & { q?: never });
};
type Method = (...args: unknown[]) => unknown;
type Methods = { [name: string]: Method & { [part: string]: Method } };

/** Starts Cresset from the script tag's `data-…` attributes, and makes the calls that the stub queued. */
const start = guard((script: HTMLScriptElement) => {
  const page = window as never as Global;
  const { cresset } = page;
  // The tag stands on the page twice: the first one stays.
  if (cresset && 'stop' in cresset) return;
  const api = init(Object.assign({ host: new URL(script.src).origin }, script.dataset) as never);
  const call: Call = guard((method, ...args) => {
    const [name, part] = method.split('.') as [string, string];
    const found = (api as never as Methods)[name] as Methods[string];
    return (found[part] ?? found)(...args);
  });
  page.cresset = Object.assign(call, api);
  cresset?.q?.forEach((args) => call(...args));
});
start(document.currentScript as HTMLScriptElement);
