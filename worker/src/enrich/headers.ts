/** What a request's headers are held against. Empty where absent. */
export interface HeaderFacts {
  userAgent: string;
  acceptLanguage: string;
  /** `Sec-CH-UA`. */
  brands: string;
  /** Of the client hints, empty where there are none. */
  hintedOs: string;
  /** `Sec-Fetch-Mode`. */
  fetchMode: string;
  /** The request came over https: browsers leave hints and fetch metadata out elsewhere. */
  secure: boolean;
}

/** Chromium sends hints since 89, and fetch metadata since 76: https://caniuse.com/client-hints-ua, seen 2026-11. */
const CHROMIUM = /Chrome\/(\d+)/;
/** Chromium by its engine, but with hints of its own or none: in-app views, and what is built on Electron. */
const WITHOUT_HINTS = /; wv\)|Electron|Version\/\d.*Chrome|SamsungBrowser|DuckDuckGo|Brave/;
const FIRST_WITH_HINTS = 100;

/** A system in the words of a user agent, by its name in client hints. */
const SYSTEMS: Readonly<Record<string, RegExp>> = {
  Windows: /Windows/,
  macOS: /Mac OS X/,
  Android: /Android|Linux/,
  Linux: /Linux|X11/,
  'Chrome OS': /CrOS|Linux/,
  iOS: /iPhone|iPad|iPod|Mac OS X/,
};

/**
 * What headers give away of a program that calls itself a browser, as a reason and its weight; undefined for nothing.
 * The first that holds: they are one category, however many there are.
 */
export function headersReason(facts: HeaderFacts): [reason: string, weight: number] | undefined {
  const { userAgent, acceptLanguage, brands, hintedOs, fetchMode, secure } = facts;
  if (acceptLanguage === '') return ['headers:no_language', 35];
  const expected = Object.hasOwn(SYSTEMS, hintedOs) ? SYSTEMS[hintedOs] : undefined;
  if (expected !== undefined && !expected.test(userAgent)) return ['headers:contradiction', 40];
  const version = Number(CHROMIUM.exec(userAgent)?.[1] ?? 0);
  const modern = secure && version >= FIRST_WITH_HINTS && !WITHOUT_HINTS.test(userAgent);
  if (modern && brands === '' && fetchMode === '') return ['headers:no_hints', 30];
  return undefined;
}
