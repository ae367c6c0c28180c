import { deviceOf } from '../device.ts';
import { remembered } from '../remembered.ts';
import type { Hints } from './hints.ts';

/** What somebody browses with. Empty where nothing tells. */
export interface Agent {
  browser: string;
  /** Major version. */
  browserVersion: string;
  os: string;
  /** A class of `device.ts`. */
  device: string;
}

/** Browser, its major version and system of a user agent. */
export type ParseAgent = (userAgent: string) => Omit<Agent, 'device'>;

/** One name for one browser, whatever device it runs on: the device has a field of its own. */
const BROWSERS: Readonly<Record<string, string>> = {
  'Chrome Headless': 'Chrome',
  GSA: 'Google Search',
  'Mobile Chrome': 'Chrome',
  'Mobile Firefox': 'Firefox',
  'Mobile Safari': 'Safari',
  'Opera Mobi': 'Opera',
  'Opera Tablet': 'Opera',
  'Samsung Browser': 'Samsung Internet',
};
const SYSTEMS: Readonly<Record<string, string>> = { 'Chromium OS': 'Chrome OS', 'Mac OS': 'macOS' };

let parser: ParseAgent | undefined;

async function load(): Promise<ParseAgent> {
  // Of version 1, which is MIT; version 2 is AGPL.
  const { default: UAParser } = await import('ua-parser-js');
  return remembered((userAgent) => {
    const parsed = new UAParser(userAgent);
    const { name: browser = '', version = '' } = parsed.getBrowser();
    const { name: os = '' } = parsed.getOS();
    return {
      browser: BROWSERS[browser] ?? browser,
      browserVersion: /^\d{1,10}/.exec(version)?.[0] ?? '',
      os: SYSTEMS[os] ?? os,
    };
  });
}

/**
 * The parser of user agents. Its tables are made when it is first asked for, and not at the start of the isolate. A
 * user agent takes 60 µs the first time and is remembered.
 */
export const agentParser = async (): Promise<ParseAgent> => (parser ??= await load());

/** What somebody browses with: client hints first, the user agent for what they leave open. */
export function agentOf(parse: ParseAgent, userAgent: string, hints: Hints): Agent {
  const parsed = parse(userAgent);
  const told = userAgent !== '' || hints.mobile !== '';
  return {
    browser: hints.browser || parsed.browser,
    browserVersion: hints.browser === '' ? parsed.browserVersion : hints.version,
    os: hints.os || parsed.os,
    device: told ? deviceOf(hints.mobile, userAgent) : '',
  };
}
