import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normaliseId } from '../../../src/profile/identity.ts';

describe('normaliseId', () => {
  it.each(
    [
      [
        '',
        '0',
        '-1',
        'null',
        'NULL',
        ' undefined ',
        'NaN',
        'none',
        'guest',
        'Anonymous',
        'unknown',
        'true',
        'false',
      ],
      ['[object Object]', '00000000-0000-0000-0000-000000000000', '   ', '\t'],
    ].flat(),
  )('%j names nobody', (id) => {
    expect(normaliseId(id)).toEqual({ placeholder: true });
  });

  it.each([[0], [-1], [Number.NaN], [2 ** 53], [true], [{}], [[]]])('%j names nobody', (id) => {
    expect(normaliseId(id)).toEqual({ placeholder: true });
  });

  it('takes numbers as strings, trims, and leaves absent alone', () => {
    expect(normaliseId(42)).toEqual({ value: '42' });
    expect(normaliseId(' u1 ')).toEqual({ value: 'u1' });
    expect(normaliseId(null)).toEqual({});
    expect(normaliseId(undefined)).toEqual({});
    expect(normaliseId('x'.repeat(256))).toEqual({ tooLong: true });
    expect(normaliseId('x'.repeat(255)).value).toHaveLength(255);
  });

  it('always gives one answer that UTF-8 can hold, and the same for its own answer', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (id) => {
        const { value } = normaliseId(id);
        if (value === undefined) return;
        expect(value.isWellFormed()).toBe(true);
        expect(normaliseId(value)).toEqual({ value });
      }),
    );
  });
});
