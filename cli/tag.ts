/** The tag that goes into a site's pages. */
export const tagOf = (worker: string, writeKey: string): string =>
  `<script async src="${worker}/c.js" data-key="${writeKey}"></script>`;
