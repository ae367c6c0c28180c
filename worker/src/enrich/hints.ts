import type { JsonObject } from '../contract/wire.ts';

/** What a browser's client hints say: https://wicg.github.io/ua-client-hints/. Empty where they don't. */
export interface Hints {
  browser: string;
  /** Major version. */
  version: string;
  /** `?1`, `?0` or empty: as `Sec-CH-UA-Mobile` has it. */
  mobile: string;
  os: string;
}

/** No hints: what Firefox and Safari send. */
export const NO_HINTS: Hints = { browser: '', version: '', mobile: '', os: '' };

interface Brand {
  brand: string;
  version: string;
}

/** A made-up brand that keeps servers from relying on the list: `Not?A_Brand`, `Not_A Brand`, `(Not(A:Brand`. */
const GREASE = /(?:^|[\W_])not[\W_].*brand/i;
const BRANDS = /"((?:[^"\\]|\\.)*)"\s*;\s*v="(\d{1,10})/g;
const LONGEST = 50;

/** Names that user agents have for the same browsers, so that a report has one row of each. */
const NAMES: Readonly<Record<string, string>> = {
  'Google Chrome': 'Chrome',
  HeadlessChrome: 'Chrome',
  'Android WebView': 'Chrome WebView',
  'Microsoft Edge': 'Edge',
  'Microsoft Edge WebView2': 'Edge',
  YaBrowser: 'Yandex',
};
const SYSTEMS: Readonly<Record<string, string>> = {
  'Chromium OS': 'Chrome OS',
  'Mac OS': 'macOS',
  Unknown: '',
};

const named = (names: Readonly<Record<string, string>>, name: string): string =>
  Object.hasOwn(names, name) ? (names[name] ?? '') : name.slice(0, LONGEST).toWellFormed();

/** The browser itself, which stands beside its engine (`Chromium`); the engine alone says too little. */
function chosen(brands: readonly Brand[]): Pick<Hints, 'browser' | 'version'> {
  // Cut first: the pattern takes time by the square of the length.
  const own = brands.find(
    ({ brand }) => brand !== 'Chromium' && !GREASE.test(brand.slice(0, LONGEST)),
  );
  if (own === undefined) return { browser: '', version: '' };
  return { browser: named(NAMES, own.brand.trim()), version: own.version };
}

const brandsIn = (header: string): Brand[] =>
  Array.from(header.slice(0, 500).matchAll(BRANDS), ([, brand = '', version = '']) => ({
    brand,
    version,
  }));

/**
 * What the low-entropy hints in a request's headers say. Chromium sends them on secure origins, others don't.
 *
 * @param brands `Sec-CH-UA`
 * @param mobile `Sec-CH-UA-Mobile`
 * @param platform `Sec-CH-UA-Platform`
 */
export function hintsOfHeaders(
  brands: string | null,
  mobile: string | null,
  platform: string | null,
): Hints {
  if (brands === null && mobile === null && platform === null) return NO_HINTS;
  return {
    ...(brands === null ? NO_HINTS : chosen(brandsIn(brands))),
    mobile: mobile === '?1' || mobile === '?0' ? mobile : '',
    os: named(SYSTEMS, (platform ?? '').replaceAll('"', '').trim()),
  };
}

const isBrand = (value: unknown): value is Brand => {
  if (typeof value !== 'object' || value === null) return false;
  const { brand, version } = value as Partial<Record<string, unknown>>;
  return typeof brand === 'string' && typeof version === 'string';
};

/** What `context.userAgentData` says: `navigator.userAgentData` as a client passed it on. */
export function hintsOfContext(data: JsonObject): Hints {
  const { brands, mobile, platform } = data;
  const list = Array.isArray(brands) ? (brands.slice(0, 10) as unknown[]).filter(isBrand) : [];
  const { browser, version } = chosen(list);
  return {
    browser,
    version: /^\d{1,10}/.exec(version)?.[0] ?? '',
    mobile: typeof mobile === 'boolean' ? (mobile ? '?1' : '?0') : '',
    os: typeof platform === 'string' ? named(SYSTEMS, platform.trim()) : '',
  };
}
