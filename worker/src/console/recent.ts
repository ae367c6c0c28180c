import type { NoticeCode, RejectionCode } from '../contract/wire.ts';
import type { RecentAnswer, RecentEvent } from './answers.ts';
import { NOTICES } from './notices.ts';

const LIMIT = 50;

interface EventRow {
  id: string;
  received: number;
  type: string;
  name: string;
  path: string;
  identifier: string;
  notice: NoticeCode | '';
}

interface RejectionRow {
  id: string;
  received: number;
  code: RejectionCode;
  path: string;
  message: string;
  library: string;
}

type Timed = RecentEvent & { at: number };

const accepted = (row: EventRow): Timed => ({
  id: row.id,
  at: row.received,
  received: new Date(row.received).toISOString(),
  outcome: row.notice === '' ? 'accepted' : 'notice',
  code: row.notice,
  message: row.notice === '' ? '' : (NOTICES[row.notice] ?? ''),
  type: row.type,
  name: row.name,
  path: row.path,
  visitor: row.identifier.slice(-5),
  library: '',
});

const refused = (row: RejectionRow): Timed => ({
  id: row.id,
  at: row.received,
  received: new Date(row.received).toISOString(),
  outcome: 'rejected',
  code: row.code,
  message: row.message,
  type: '',
  name: row.path,
  path: '',
  visitor: '',
  library: row.library,
});

/** The newest events of a site with what became of them: taken, taken with a remark, refused and why. */
export async function recentEvents(db: D1Database, site: string): Promise<RecentAnswer> {
  const [events, rejections] = await db.batch([
    db
      .prepare(
        `select id, received, type, name, path, identifier, notice from events
         where site = ?1 order by received desc nulls last, id desc nulls last limit ?2`,
      )
      .bind(site, LIMIT),
    db
      .prepare(
        `select id, received, code, path, message, library from quarantine
         where site = ?1 order by received desc nulls last, id desc nulls last limit ?2`,
      )
      .bind(site, LIMIT),
  ]);
  const all = [
    ...((events?.results ?? []) as EventRow[]).map(accepted),
    ...((rejections?.results ?? []) as RejectionRow[]).map(refused),
  ];
  return {
    events: all
      .sort((a, b) => b.at - a.at)
      .slice(0, LIMIT)
      .map(({ at: _at, ...event }) => event),
  };
}
