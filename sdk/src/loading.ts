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
    const debug = /cresset_(debug)/.exec(location.search)?.[1];
    for (const name of [...names.split(' '), debug]) if (name) void cresset.load(name);
  };
