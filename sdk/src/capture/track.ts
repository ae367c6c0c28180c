/** Makes a `track` event. What is undefined in the properties is left out. */
export type Track = (event: string, properties?: { [name: string]: unknown }) => void;
