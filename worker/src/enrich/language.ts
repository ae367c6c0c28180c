import { remembered } from '../remembered.ts';

/** Longest language tag that is read. */
const LONGEST = 35;

/** A BCP 47 tag in its canonical form (`en_gb` is `en-GB`); empty for what is none. */
const canonical = remembered((tag) => {
  try {
    return Intl.getCanonicalLocales(tag.trim().replaceAll('_', '-'))[0] ?? '';
  } catch {
    return '';
  }
});

/** The tag of an `Accept-Language` with the highest weight, the first of equal ones. */
const preferred = remembered((header) => {
  let best = '';
  let highest = 0;
  for (const part of header.slice(0, 500).split(',')) {
    const [tag = '', ...parameters] = part.split(';');
    const weight = Number(/^\s*q=([\d.]+)\s*$/.exec(parameters[0] ?? '')?.[1] ?? 1);
    if (weight > highest && tag.trim() !== '*') {
      highest = weight;
      best = tag.trim();
    }
  }
  return best.length > LONGEST ? '' : canonical(best);
});

/**
 * The visitor's language as a BCP 47 tag: what the page's browser says, else what its request does. Empty where
 * neither tells.
 *
 * @param locale `context.locale`
 * @param accepted the header `Accept-Language`, or empty
 */
export function languageOf(locale: unknown, accepted: string): string {
  const said = typeof locale === 'string' && locale.length <= LONGEST ? canonical(locale) : '';
  return said || (accepted === '' ? '' : preferred(accepted));
}
