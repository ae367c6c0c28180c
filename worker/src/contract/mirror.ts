import type * as z from 'zod';

type Exactly<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? unknown : never;
/** Ties a schema to its interface: compiles only where both types are the same to the letter. */
export const mirror =
  <Wire>() =>
  <S extends z.ZodType>(schema: S & Exactly<z.output<S>, Wire>): S =>
    schema;
