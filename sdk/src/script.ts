import { init } from './client.ts';
import type { ConsentLevel } from './consent.ts';
import { guard, warn } from './guard.ts';

type Method = (...args: unknown[]) => unknown;

/** Starts Cresset from the script tag's `data-…` attributes and takes over the calls that its stub queued. */
const start = guard((script: HTMLScriptElement) => {
  const page = window as unknown as { cresset?: { q?: ArrayLike<unknown>[] } };
  const api = init({ host: new URL(script.src).origin, ...script.dataset } as Options) as never as Methods;
  const call = (name: string, ...args: unknown[]): unknown => {
    const [method = '', part = ''] = name.split('.');
    const found = api[method];
    return (found?.[part] ?? found)(...args);
  };
  const queued = page.cresset?.q ?? [];
  page.cresset = Object.assign(call, api);
  for (const [name, ...args] of Array.from(queued)) call(name as string, ...args);
});
start(document.currentScript as HTMLScriptElement);
