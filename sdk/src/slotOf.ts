/** The name of the slot that an element is. */
export const slotOf = (place: HTMLElement): string => place.dataset['cressetSlot'] as string;
