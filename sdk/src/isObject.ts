import type { JsonObject } from '../../worker/src/contract/wire.ts';

/** Has it properties of its own? */
export const isObject = (value: unknown): value is JsonObject => Object(value) === value;
