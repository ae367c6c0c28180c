import type { Cresset } from './api.ts';
import type { Options } from './config.ts';

/**
 * Something that can be left out: it adds calls to `cresset`, or listens to its signals. It is called once,
 * before capturing begins (a part that the tag loads later: as soon as it is there).
 */
export type Part = (cresset: Cresset, options: Options) => void;
