import type { Json, JsonObject, PatchStep } from '../contract/wire.ts';

/** A patch that does not fit the event, with a sentence for whoever wrote it. */
export class PatchError extends Error {}

/** Largest result of a patch, in UTF-16 units of its JSON: copies of copies would grow without end. */
const MAX_RESULT = 200_000;

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An event with an object merged into it: RFC 7396. */
export function merged(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, merged(result.get(name), value));
  }
  return Object.fromEntries(result);
}

/** The parts of a JSON Pointer: RFC 6901. */
function partsOf(pointer: string): string[] {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) throw new PatchError(`"${pointer}" must begin with "/"`);
  const parts = pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (parts.includes('__proto__')) throw new PatchError(`"${pointer}" names no field`);
  return parts;
}

const nothing = (pointer: string): PatchError => new PatchError(`there is nothing at "${pointer}"`);

/** Place in an array; its end where `canAppend`. */
function indexIn(array: readonly Json[], part: string, canAppend: boolean): number | undefined {
  if (canAppend && part === '-') return array.length;
  if (!/^(?:0|[1-9]\d{0,5})$/.test(part)) return undefined;
  const index = Number(part);
  return index < array.length + (canAppend ? 1 : 0) ? index : undefined;
}

function valueAt(whole: Json, pointer: string): Json {
  let value = whole;
  for (const part of partsOf(pointer)) {
    const index = Array.isArray(value) ? indexIn(value, part, false) : undefined;
    const item = Array.isArray(value)
      ? value[index ?? -1]
      : isObject(value) && Object.hasOwn(value, part)
        ? value[part]
        : undefined;
    if (item === undefined) throw nothing(pointer);
    value = item;
  }
  return value;
}

/** What is done at the end of a pointer: `undefined` removes. */
interface Change {
  op: 'add' | 'remove' | 'replace';
  value: Json | undefined;
}

function changedArray(
  array: readonly Json[],
  part: string,
  { op, value }: Change,
): Json[] | undefined {
  const index = indexIn(array, part, op === 'add');
  if (index === undefined) return undefined;
  const put = value === undefined ? [] : [value];
  return array.toSpliced(index, op === 'add' ? 0 : 1, ...put);
}

function changedObject(
  object: JsonObject,
  part: string,
  { op, value }: Change,
): JsonObject | undefined {
  if (op !== 'add' && !Object.hasOwn(object, part)) return undefined;
  const result = new Map(Object.entries(object));
  if (value === undefined) result.delete(part);
  else result.set(part, value);
  return Object.fromEntries(result);
}

function changed(whole: Json, [part, ...rest]: string[], change: Change): Json | undefined {
  if (part === undefined) return change.value;
  if (rest.length === 0) {
    if (Array.isArray(whole)) return changedArray(whole, part, change);
    return isObject(whole) ? changedObject(whole, part, change) : undefined;
  }
  const child = Array.isArray(whole)
    ? whole[indexIn(whole, part, false) ?? -1]
    : isObject(whole) && Object.hasOwn(whole, part)
      ? whole[part]
      : undefined;
  if (child === undefined) return undefined;
  const result = changed(child, rest, change);
  if (result === undefined) return undefined;
  return Array.isArray(whole)
    ? whole.with(Number(part), result)
    : Object.fromEntries(new Map(Object.entries(whole as JsonObject)).set(part, result));
}

function apply(whole: Json, path: string, change: Change): Json {
  const result = changed(whole, partsOf(path), change);
  if (result === undefined) throw nothing(path);
  return result;
}

/** Equal as JSON: the order of an object's fields does not matter. */
function isSame(a: Json, b: Json): boolean {
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b)) return false;
    return a.length === b.length && a.every((item, i) => isSame(item, b[i] ?? null));
  }
  if (!isObject(a) || !isObject(b)) return a === b;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name] ?? null, b[name] ?? null))
  );
}

function needed<T>(value: T | undefined, { op }: PatchStep, name: string): T {
  if (value === undefined) throw new PatchError(`"${op}" needs a "${name}"`);
  return value;
}

function stepped(whole: Json, step: PatchStep): Json {
  const { op, path } = step;
  switch (op) {
    case 'add':
    case 'replace':
      return apply(whole, path, { op, value: needed(step.value, step, 'value') });
    case 'remove':
      return apply(whole, path, { op, value: undefined });
    case 'copy':
      return apply(whole, path, {
        op: 'add',
        value: valueAt(whole, needed(step.from, step, 'from')),
      });
    case 'move': {
      const from = needed(step.from, step, 'from');
      if (path.startsWith(`${from}/`)) throw new PatchError(`"${from}" can't move into itself`);
      const value = valueAt(whole, from);
      return apply(apply(whole, from, { op: 'remove', value: undefined }), path, {
        op: 'add',
        value,
      });
    }
    case 'test':
      if (!isSame(valueAt(whole, path), needed(step.value, step, 'value'))) {
        throw new PatchError(`"${path}" is another than the one to test for`);
      }
      return whole;
  }
}

/**
 * An event after a patch: the steps of a JSON Patch (RFC 6902) one after the other, or an object to merge.
 * Throws a {@link PatchError} where a step does not fit; the event itself stays as it was.
 */
export function patched(event: Json, patch: readonly PatchStep[] | JsonObject): Json {
  if (!Array.isArray(patch)) return merged(event, patch as JsonObject);
  let result = event;
  for (const step of patch as readonly PatchStep[]) {
    result = stepped(result, step);
    if (step.op === 'copy' && JSON.stringify(result).length > MAX_RESULT) {
      throw new PatchError('the copies make the event too large');
    }
  }
  return result;
}
