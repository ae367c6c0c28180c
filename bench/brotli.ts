import { brotliCompressSync, constants } from 'node:zlib';

/** Bytes of `data` as brotli at quality 11, as the worker serves it. */
export const brotli = (data: Uint8Array): number =>
  brotliCompressSync(data, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_SIZE_HINT]: data.byteLength,
    },
  }).byteLength;
