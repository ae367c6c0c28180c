/** What the platform would charge for. */
export interface Counts {
  /** Calls of the worker, or of another object, to an object. */
  calls: number;
  alarms: number;
  /** Rows that objects wrote, with one for each alarm that was set. */
  objectRows: number;
  /** Rows that D1 wrote. */
  databaseRows: number;
  /** Messages written, read and deleted, by the 64 KB. */
  queueOperations: number;
  /** Chunks written to R2. */
  chunks: number;
  /** Messages that the chunks were made of. */
  messages: number;
  /** Chunks read from R2. */
  chunkReads: number;
}
