/** SQL of a condition on an identifier's object name, given SQL of that name. */
export type OfIdentifier = (name: string) => string;

/**
 * The lists of a message whose lines name identifiers, and what is true of a line of somebody's. Of the queue
 * "events": that somebody was erased tells nothing of anybody, as `subjectOf` has it; events name no `person`.
 * Of the queue "quarantine": a refused event may name many.
 */
const LISTS: Readonly<Record<string, (is: OfIdentifier) => string>> = {
  events: (is) => is(`line.value ->> 'identifier'`),
  identities: (is) => `line.value ->> 'person' <> '' and ${is(`line.value ->> 'identifier'`)}`,
  refused: (is) =>
    `exists (select 1 from json_each(line.value, '$.people') named where ${is('named.value')})`,
};

const lists = Object.entries(LISTS);

/** SQL that selects the lines of a message that are of somebody's. */
export const messageLines = (message: string, is: OfIdentifier): string =>
  lists
    .map(
      ([list, of]) =>
        `select line.value as line from json_each(${message}, '$.${list}') line where ${of(is)}`,
    )
    .join(' union all ');

/** SQL of the number of these lines. */
export const messageCount = (message: string, is: OfIdentifier): string =>
  `(select count(*) from (${messageLines(message, is)}))`;

/** SQL of the message without these lines. */
export const messageWithout = (message: string, is: OfIdentifier): string =>
  `json_set(${message}, ${lists
    .map(
      ([list, of]) =>
        `'$.${list}', json((select json_group_array(json(line.value)) from json_each(${message}, '$.${list}') line
       where not (${of(is)})))`,
    )
    .join(', ')})`;

/** SQL that is true of a message which says nothing any more. */
export const messageIsEmpty = (message: string): string =>
  lists.map(([list]) => `json_array_length(${message}, '$.${list}') = 0`).join(' and ');
