-- How many private calls a key made on a day: beyond a number, calls have no lines of their own (worker/src/admin/log.ts).
create table call_days (
  -- As in `calls`.
  site text not null,
  -- Days since 1970, UTC.
  day integer not null,
  key text not null,
  -- 1 counts calls that changed something, 0 all others: who floods the log with refusals hides no change.
  changed integer not null,
  calls integer not null,
  primary key (site, day, key, changed)
) without rowid;

-- As append-only as the lines: the database lets a number grow by one, and stay for 400 days.
create trigger call_days_grow before update on call_days when new.site <> old.site or new.day <> old.day or new.key <> old.key or new.changed <> old.changed or new.calls <> old.calls + 1 begin select raise(abort, 'numbers of calls only grow'); end;
create trigger call_days_last before delete on call_days when old.day > unixepoch() / 86400 - 400 begin select raise(abort, 'numbers of calls are kept for 400 days'); end;
