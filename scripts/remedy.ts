/** Something that whoever started a script can mend: the message says how, no stack is needed. */
export class Remedy extends Error {}
