import { bytes, sameBytes } from '../hash.ts';
import { hmacSha256 } from '../sha256.ts';
import { shortText } from '../shortHash.ts';

/** What a decision token vouches for. */
export interface DecisionClaims {
  campaign: string;
  variant: string;
  /** Version of the snapshot that it was decided on. */
  version: number;
  /** Chance of this variant for this subject, 0 to 1, in steps of 1/10,000. */
  probability: number;
  /** The subject's bucket, 0 to 9,999. */
  draw: number;
  /** Object name of the person's first identifier: a hash, no raw identifier. */
  subject: string;
  /** When it was decided. UTC seconds. */
  time: number;
}

/** How long a token counts. Seconds. */
const DECISION_LIFE = 7 * 24 * 60 * 60;
/** How far the clocks of two machines may be apart. Seconds. */
const SKEW = 60;
const STEPS = 10_000;
/** The longest that {@link signDecision} makes has 64 characters each of campaign and variant. */
const MAX_LENGTH = 250;
const FORM = /^([\w-]+)~([\w-]+)~([0-9a-z]+)~([0-9a-z]+)~([0-9a-z]+)~([\w.-]+)~([0-9a-z]+)$/;

const signers = new Map<string, (text: string) => Uint8Array>();

/**
 * HMAC-SHA256 under a key for a site's tokens. The site is in the key, so that one site's token is nothing
 * to another. The key is derived from the worker secret as `deriveKey` of `secrets.ts` does, by HKDF
 * (RFC 5869, whose second step is one HMAC for 32 bytes), but at once.
 */
function signer(secret: string, site: string): (text: string) => Uint8Array {
  const name = `${secret}\0${site}`;
  let sign = signers.get(name);
  if (sign === undefined) {
    const extracted = hmacSha256(bytes('cresset'))(secret);
    sign = hmacSha256(hmacSha256(extracted)(`decision:${site}\u0001`));
    if (signers.size >= 1_000) signers.clear();
    signers.set(name, sign);
  }
  return sign;
}

/** The first 128 bits of a token's HMAC, as base64url. */
function mac(secret: string, site: string, text: string): string {
  return shortText(signer(secret, site)(text).fill(0, 16));
}

/**
 * The `decisionId` of a decision: `campaign~variant~version~probability~draw~subject~time.mac`, numbers
 * in base 36. About 100 characters, none of which needs escaping in a URL. Not encrypted: it says
 * nothing that its reader was not told, save the chance.
 */
export function signDecision(secret: string, site: string, claims: DecisionClaims): string {
  const { campaign, variant, version, probability, draw, subject, time } = claims;
  const numbers = [version, Math.round(probability * STEPS), draw].map((n) => n.toString(36));
  const text = [campaign, variant, ...numbers, subject, time.toString(36)].join('~');
  return `${text}.${mac(secret, site, text)}`;
}

/**
 * What a token vouches for; undefined where it is forged, of another site, older than seven days, or
 * from the future.
 * @param now UTC milliseconds
 */
export function readDecision(
  secret: string,
  site: string,
  token: string,
  now: number,
): DecisionClaims | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  const dot = token.lastIndexOf('.');
  const text = token.slice(0, Math.max(dot, 0));
  const [, campaign, variant, version, probability, draw, subject, time] = FORM.exec(text) ?? [];
  if (campaign === undefined || variant === undefined || subject === undefined) return undefined;
  const expected = mac(secret, site, text);
  if (!sameBytes(bytes(expected), bytes(token.slice(dot + 1)))) return undefined;
  const number = (digits: string | undefined): number => Number.parseInt(digits ?? '', 36);
  const age = now / 1000 - number(time);
  if (!(age >= -SKEW && age <= DECISION_LIFE)) return undefined;
  return {
    campaign,
    variant,
    version: number(version),
    probability: number(probability) / STEPS,
    draw: number(draw),
    subject,
    time: number(time),
  };
}
