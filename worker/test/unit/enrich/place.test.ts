import { readFileSync } from 'node:fs';
import { type CityResponse, Reader } from 'mmdb-lib';
import { describe, expect, it } from 'vitest';
import { placeOfCf, placeOfRecord } from '../../../src/enrich/place.ts';

describe('placeOfCf', () => {
  it('rounds to a tenth of a degree', () => {
    expect(
      placeOfCf({
        country: 'DE',
        region: 'Land Berlin',
        city: 'Berlin',
        timezone: 'Europe/Berlin',
        latitude: '52.51960',
        longitude: '13.40690',
      }),
    ).toEqual({
      country: 'DE',
      region: 'Land Berlin',
      city: 'Berlin',
      timezone: 'Europe/Berlin',
      latitude: 52.5,
      longitude: 13.4,
    });
  });

  it.each([
    ['no platform', undefined],
    ['no country', { city: 'Berlin' }],
    ['a country that is not known', { country: 'XX' }],
    ['Tor', { country: 'T1', city: 'x' }],
    ['nonsense', { country: 7 }],
  ])('knows no place of %s', (_, cf) => {
    expect(placeOfCf(cf)).toBeUndefined();
  });

  it('leaves out what it is not told', () => {
    expect(placeOfCf({ country: 'FR', city: '', latitude: '48.8', longitude: 'x' })).toEqual({
      country: 'FR',
    });
  });
});

describe('placeOfRecord', () => {
  const file = readFileSync(new URL('../../fixtures/GeoIP2-City-Test.mmdb', import.meta.url));
  const database = new Reader<CityResponse>(file);

  it.each([
    [
      '2.125.160.216',
      {
        country: 'GB',
        region: 'England',
        city: 'Boxford',
        timezone: 'Europe/London',
        latitude: 51.8,
        longitude: -1.2,
      },
    ],
    [
      '::ffff:81.2.69.142',
      {
        country: 'GB',
        region: 'England',
        city: 'London',
        timezone: 'Europe/London',
        latitude: 51.5,
        longitude: -0.1,
      },
    ],
    ['203.0.113.9', undefined],
    ['127.0.0.1', undefined],
  ])('of %s', (address, place) => {
    expect(placeOfRecord(database.get(address))).toEqual(place);
  });

  it.each<[string, Parameters<typeof placeOfRecord>[0]]>([
    ['names', { country: { iso_code: 'DE' }, subdivisions: [{}], city: {}, location: {} }],
    ['English names', { country: { iso_code: 'DE' }, city: { names: {} } }],
    ['subdivisions', { country: { iso_code: 'DE' }, subdivisions: [] }],
    ['values', { country: { iso_code: 'DE' }, subdivisions: [null], city: null, location: null }],
    ['texts', { country: { iso_code: 'DE' }, city: { names: { en: 5 } }, subdivisions: null }],
    ['numbers', { country: { iso_code: 'DE' }, location: { latitude: 'x', longitude: null } }],
  ])('keeps the country of a record without %s', (_, record) => {
    expect(placeOfRecord(record)).toEqual({ country: 'DE' });
  });

  it.each<[string, Parameters<typeof placeOfRecord>[0]]>([
    ['no record', null],
    ['an empty one', {}],
    ['no country', { country: null, city: { names: { en: 'Berlin' } } }],
    ['a country without a code', { country: {} }],
    ['a code that is none', { country: { iso_code: 5 } }],
  ])('knows no place of %s', (_, record) => {
    expect(placeOfRecord(record)).toBeUndefined();
  });
});
