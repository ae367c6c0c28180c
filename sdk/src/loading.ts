import { warn } from './guard.ts';
import type { Part } from './part.ts';

/** Adds the loading of parts from the worker, and loads those that the tag names, and `debug` where the URL asks for it. */
export const loading =
  (names = ''): Part =>
  (cresset, options) => {
    // The browser fetches a module once, however often it is imported.
    cresset.load = async (name) =>
      import(`${options.host}/c/${name}.js`)
        .then((module: { default: Part }) => module.default(cresset, options))
        .catch(warn);
    const debug = location.search.includes('cresset_debug') ? ' debug' : '';
    for (const name of (names + debug).match(/\S+/g) ?? []) void cresset.load(name);
  };
