/** Where somebody is, as far as a network address tells. Absent is not known: nothing is guessed. */
export interface Place {
  /** ISO 3166-1, two letters. */
  country?: string;
  /** Name of the first subdivision, in English. */
  region?: string;
  /** In English. */
  city?: string;
  /** IANA. */
  timezone?: string;
  /** Degrees with one decimal: about 10 km. */
  latitude?: number;
  longitude?: number;
}

/** Finds the place of an address; undefined where it has none. */
export type FindPlace = (address: string) => Place | undefined;

/** The part of `request.cf` that tells of a place. */
export type CfPlace = Partial<
  Record<'country' | 'region' | 'city' | 'timezone' | 'latitude' | 'longitude', unknown>
>;

const LONGEST = 100;

const text = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, LONGEST).toWellFormed() : '';

function coarse(value: unknown): number | undefined {
  const degrees = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof degrees === 'number' && Number.isFinite(degrees)
    ? Math.round(degrees * 10) / 10
    : undefined;
}

function placed(found: { [K in keyof CfPlace]: unknown }): Place {
  const latitude = coarse(found.latitude);
  const longitude = coarse(found.longitude);
  const [region, city, timezone] = [text(found.region), text(found.city), text(found.timezone)];
  return {
    country: text(found.country),
    ...(region === '' ? {} : { region }),
    ...(city === '' ? {} : { city }),
    ...(timezone === '' ? {} : { timezone }),
    ...(latitude === undefined || longitude === undefined ? {} : { latitude, longitude }),
  };
}

/**
 * What the edge says. Undefined where it names no country: `XX` is unknown to it, and behind `T1` (Tor) it knows
 * the last relay only (https://developers.cloudflare.com/network/ip-geolocation/, seen 2026-11).
 */
export function placeOfCf(cf: CfPlace | undefined): Place | undefined {
  const country = text(cf?.country);
  if (cf === undefined || !/^[A-Z]{2}$/.test(country) || country === 'XX') return undefined;
  return placed(cf);
}

/** All of a record that is read, and any of it may be missing: databases differ, whatever mmdb-lib's types say. */
interface PlaceRecord {
  country?: { iso_code?: unknown } | null;
  subdivisions?: ({ names?: { en?: unknown } | null } | null)[] | null;
  city?: { names?: { en?: unknown } | null } | null;
  location?: { time_zone?: unknown; latitude?: unknown; longitude?: unknown } | null;
}

/** What a record of a MaxMind-format database says: its city and country editions have the same shape. */
export function placeOfRecord(record: PlaceRecord | null): Place | undefined {
  // Where an address is registered is not where it is used, so `registered_country` is not asked.
  const country = text(record?.country?.iso_code);
  if (record === null || country === '') return undefined;
  const { subdivisions, city, location } = record;
  return placed({
    country,
    region: subdivisions?.[0]?.names?.en,
    city: city?.names?.en,
    timezone: location?.time_zone,
    latitude: location?.latitude,
    longitude: location?.longitude,
  });
}
