/** The lists of a message of the queue "events" whose lines name an identifier. */
const LISTS = ['events', 'identities'] as const;

/** SQL that is true of a line that tells something of a person, as `subjectOf` has it: events name no `person`. */
const TELLS = `coalesce(line.value ->> 'person', '?') <> ''`;

/**
 * SQL of the number of lines of a message that `is` is true of.
 *
 * @param message SQL of the message's JSON: a parameter or a column
 * @param is SQL of a condition on `line.value`
 */
export const messageCount = (message: string, is: string): string =>
  `(${LISTS.map(
    (list) =>
      `(select count(*) from json_each(${message}, '$.${list}') line where ${TELLS} and ${is})`,
  ).join(' + ')})`;

/** SQL of the message without these lines. */
export const messageWithout = (message: string, is: string): string =>
  `json_set(${message}, ${LISTS.map(
    (list) =>
      `'$.${list}', json((select json_group_array(json(line.value)) from json_each(${message}, '$.${list}') line
       where not (${TELLS} and ${is})))`,
  ).join(', ')})`;

/** SQL that is true of a message which says nothing any more. */
export const messageIsEmpty = (message: string): string =>
  `json_array_length(${message}, '$.events') = 0 and json_array_length(${message}, '$.identities') = 0
   and coalesce(json_array_length(${message}, '$.rejections'), 0) = 0`;
