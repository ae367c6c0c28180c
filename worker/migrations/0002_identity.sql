-- Which person an identifier is. One that has no row is its own person. Names of objects, no raw identifier.
create table identities (
  site text not null,
  identifier text not null,
  -- Name of the object that holds the person, empty where the person was erased.
  person text not null,
  -- Raised by the profile at every change: an older one never overwrites a newer one.
  version integer not null,
  primary key (site, identifier)
) without rowid;

-- Identifiers of erased people: what is still on its way to a sink is dropped there. Kept for ever.
create table erased (
  site text not null,
  identifier text not null,
  -- UTC milliseconds.
  at integer not null,
  -- Id of the receipt.
  erasure text not null,
  primary key (site, identifier)
) without rowid;

-- Receipts of erasures, written before anything is erased, so that whoever dies half-way is followed by another.
create table erasures (
  id text primary key,
  site text not null,
  requested_at integer not null,
  -- When the person's objects were tombstones and its identifiers stood in `erased`; null before.
  erased_at integer,
  -- When every store had answered; null before.
  completed_at integer,
  -- JSON array: the objects that held the person when it was asked for. One, but where it was split meanwhile.
  asked text not null,
  -- JSON array: all of the person's objects. Until `erased_at` as they were when first asked for.
  members text not null,
  -- Nothing of the person was received before. UTC milliseconds.
  since integer not null,
  -- JSON by store: done or not, where to go on, and how much was erased.
  stores text not null,
  -- Whoever works on it has it until then. UTC milliseconds.
  lease integer not null default 0
) without rowid;
create index erasures_open on erasures (lease) where completed_at is null;
