/** The shop's currency, ISO 4217. */
export const CURRENCY = 'EUR';

const format = new Intl.NumberFormat('en-IE', { style: 'currency', currency: CURRENCY });

/** Cents as a shopper reads them: `€12.90`, whole amounts without the zeros. */
export const money = (cents: number): string => format.format(cents / 100).replace(/\.00$/, '');

/** Cents as the amount that goes into an event. */
export const amount = (cents: number): number => cents / 100;
