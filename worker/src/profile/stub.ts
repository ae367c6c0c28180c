import type {
  Chunk,
  ChunkAnswer,
  IngestAnswer,
  IngestRequest,
  ReadAnswer,
  SettleAnswer,
  SettleRequest,
  TimelineRead,
  ViewAnswer,
  ViewRequest,
} from './rpc.ts';

/** What an object answers to over RPC. */
export interface ProfileStub {
  ingest(request: IngestRequest): Promise<IngestAnswer>;
  view(request: ViewRequest): Promise<ViewAnswer>;
  read(): Promise<ReadAnswer>;
  timeline(limit: number): Promise<TimelineRead>;
  receive(chunk: Chunk): Promise<ChunkAnswer>;
  settle(request: SettleRequest): Promise<SettleAnswer>;
}

/**
 * The object that answers for an identifier. The platform's own stub type unfolds the recursive JSON
 * types of every answer, which the compiler gives up on; this one says the same in names.
 */
export function profileStub(env: Env, name: string): ProfileStub {
  const stub: unknown = env.PROFILE.getByName(name);
  return stub as ProfileStub;
}
