import { html, type Html } from '../html.ts';
import { closeIcon, flameIcon } from './icons.ts';
import { tryIt } from './tryIt.ts';

/**
 * The drawer "What Cresset knows" and the button that opens it; `client/drawer` fills it. It comes
 * open where it was left open, so that nothing moves after the first paint.
 */
export const drawer = (open: boolean): Html =>
  html` <button
      class="knows-button"
      id="knows-button"
      type="button"
      aria-haspopup="dialog"
      aria-controls="knows"
      aria-expanded="${String(open)}"
    >
      ${flameIcon}<span class="knows-button__label">What Cresset knows</span>
    </button>
    <dialog class="knows" id="knows" aria-labelledby="knows-title" ${open && html` open`}>
      <div class="knows__head">
        ${flameIcon}
        <h2 class="knows__title" id="knows-title" tabindex="-1">What Cresset knows</h2>
        <button class="knows__close" id="knows-close" type="button" aria-label="Close">
          ${closeIcon}
        </button>
        <p class="knows__status" id="knows-status" role="status">Asking …</p>
      </div>
      <div
        class="knows__body"
        id="knows-body"
        tabindex="0"
        role="group"
        aria-labelledby="knows-title"
      >
        <section id="knows-receipt" aria-label="What was erased"></section>
        <section id="knows-decisions" aria-label="What stands here and why"></section>
        <section id="knows-identity" aria-label="Who this is"></section>
        <section id="knows-person" aria-label="Traits and figures"></section>
        ${tryIt}
        <section id="knows-history" aria-label="How it came to be"></section>
        <section id="knows-interests" aria-label="Interests"></section>
        <section id="knows-cart" aria-label="Cart and orders"></section>
        <section aria-label="Events" id="knows-events" hidden>
          <h3>Events, newest first</h3>
          <ol class="events" id="knows-timeline"></ol>
        </section>
      </div>
      <p class="toast" id="knows-toast" role="status"></p>
    </dialog>`;
