import { onCLS, onFCP, onINP, onLCP, onTTFB, type MetricType } from 'web-vitals';
import type { NewEvent } from '../event.ts';
import type { Part } from '../part.ts';

/**
 * Sends one `Web Vitals` event for each page view, when it ends or the page is hidden for the first time: `lcp`,
 * `fcp`, `ttfb`, `inp` in milliseconds and `cls`, as far as they are known by then. Listeners of the library stay
 * until the page goes, for it cannot end them; after `stop()` nothing comes of it.
 */
const vitals: Part = (cresset) => {
  let view: NewEvent | undefined;
  let last: NewEvent | undefined;
  let isReported = false;
  let values: { [name: string]: number } = {};
  const take = ({ name, value }: MetricType): void => {
    values[name.toLowerCase()] = +value.toFixed(name === 'CLS' ? 4 : 0);
  };
  // Each change, for the last one of a page that goes may come after its last batch has gone.
  const options = { reportAllChanges: true, reportSoftNavs: true };
  onCLS(take, options);
  onFCP(take, options);
  onINP(take, options);
  onLCP(take, options);
  onTTFB(take);
  cresset.on('event', (event) => {
    last = event;
  });
  cresset.on('leave', () => {
    if (isReported || !Object.keys(values)[0]) return;
    isReported = true;
    // A navigation has changed the URL by now. Where this part came after the page view began, any event of it says
    // where that was: at the latest `Page Engaged`, which is told just before.
    const where = view ?? last;
    cresset.track('Web Vitals', values, { context: where && { page: where.context.page } });
  });
  cresset.on('view', (event) => {
    view = event;
    isReported = false;
    // What is told later belongs to the new page view: of the old one nothing more is told.
    values = {};
  });
};

export default vitals;
