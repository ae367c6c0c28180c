/** The code that the campaign `cart-left-behind` shows. */
export const COUPON = 'STILLWARM';

/** Discount in percent of the goods. */
const PERCENT: Readonly<Record<string, number>> = { [COUPON]: 10 };

/** A code as it is compared: shoppers type spaces and small letters. */
export const normalise = (code: string): string => code.replace(/\s+/g, '').toUpperCase();

/** Percent off that a code gives, or undefined for one that the shop does not know. */
export const percentOff = (code: string): number | undefined =>
  Object.hasOwn(PERCENT, code) ? PERCENT[code] : undefined;
