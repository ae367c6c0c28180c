/** What is known of an event. It must be writable as JSON, in at most 32 KB; what is undefined is left out. */
export type Properties = { [name: string]: unknown };
