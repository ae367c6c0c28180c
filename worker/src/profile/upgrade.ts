import type { Sql } from './tables.ts';

/** Steps from one version of an object's tables to the next. */
export function upgrade(sql: Sql, from: number): void {
  if (from < 2) sql.exec(TO_2);
}

/**
 * From release 0.1: identifiers as columns, all joined to the object's own; states without a checkpoint of
 * their own; what an object is moving for in the standing and in a row of `meta` beside it.
 */
const TO_2 = `
  insert into meta select 'node.' || name, json_object(
    'name', name, 'kind', kind, 'value', value,
    'parent', (select value ->> 'name' from meta where key = 'self'), 'link', link,
    'first', coalesce((select body ->> 'firstSeen' from states where source = name), 0),
    'since', coalesce((select body ->> 'firstSeen' from states where source = name), 0),
    'by', '0.1', 'reason', '', 'apart', json('[]'), 'version', 1, 'sent', 0,
    'epoch', epoch, 'applied', applied,
    'settled', json(case settled when 1 then 'true' else 'false' end)
  ) from identifiers;
  drop table identifiers;

  alter table states rename to states_1;
  create table states (
    source text primary key, seq integer not null, checkpoint integer not null,
    forwarded integer not null, body text not null
  ) without rowid;
  insert into states select source, seq, seq, forwarded, body from states_1;
  drop table states_1;

  update meta set value = json_patch(
    json_object(
      'link', null, 'by', '', 'reason', '', 'apart', json('[]'), 'version', 0, 'sent', 0,
      'epoch', 0, 'applied', 0, 'settled', json('true'),
      'first', coalesce((select body ->> 'firstSeen' from states where source = value ->> 'name'), 0),
      'since', coalesce((select body ->> 'firstSeen' from states where source = value ->> 'name'), 0)
    ),
    value
  ) where key = 'self';
  update meta set value = json_set(
    value, '$.most', 1000,
    '$.edge', json_object(
      'child', (select value ->> 'name' from meta where key = 'self'),
      'parent', value ->> 'target', 'link', value ->> 'link', 'at', 0, 'by', '0.1', 'reason', ''
    ),
    '$.to', json((select value from meta where key = 'target'))
  ) where key = 'standing' and value ->> 'is' = 'moving';
  update meta set value = json_set(value, '$.epoch', coalesce(value ->> 'epoch', 0))
    where key = 'standing';
  delete from meta where key = 'target';
  update due set what = 'errands' where what = 'merge';
`;
