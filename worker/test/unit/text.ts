import fc from 'fast-check';

/**
 * Texts of any UTF-16 units, lone surrogates too; every second is ASCII, every fourth has one wide
 * character in it. fast-check's own units `binary` and `grapheme` take two seconds to make their tables.
 */
export const anyText = (maxLength: number): fc.Arbitrary<string> => {
  const of = (max: number): fc.Arbitrary<string> =>
    fc
      .array(fc.integer({ min: 0, max }), { maxLength })
      .map((units) => String.fromCharCode(...units));
  return fc.oneof(
    of(0x7f),
    of(0xffff),
    fc
      .tuple(of(0x7f), fc.constantFrom('é', '語', '😀', '\ud800'), of(0x7f))
      .map((parts) => parts.join('')),
  );
};
