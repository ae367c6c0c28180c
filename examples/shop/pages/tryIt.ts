import { html } from '../html.ts';
import { browserIcon, eraseIcon, splitIcon } from './icons.ts';

/**
 * What the demo's visitor may do to the own identity. `client/knows/tryIt` shows what is possible just now
 * and says which browser this is; to open one of the two that change something is to be asked first.
 */
export const tryIt = html` <section id="knows-try" aria-labelledby="knows-try-title" hidden>
  <h3 id="knows-try-title">Try it on yourself</h3>
  <form class="act" method="post" action="/identity/another-browser" data-live>
    <button class="act__open" id="another-browser">
      ${browserIcon}<span>Pretend to be another browser</span>
    </button>
  </form>
  <details class="act" name="knows-act" id="knows-split" hidden>
    <summary class="act__open">${splitIcon}<span>Split this browser off</span></summary>
    <form class="act__form" method="post" action="/identity/split" data-live>
      <input type="hidden" name="anonymousId" />
      <p>
        This browser leaves with all it brought before you signed in, as if it had never been
        linked. It stays apart from then on, even where it signs in again.
      </p>
      <label for="split-reason">Reason, for the history</label>
      <input id="split-reason" name="reason" maxlength="500" value="A shared computer" />
      <button class="act__do">Yes, split it off</button>
    </form>
  </details>
  <details class="act" name="knows-act" id="knows-erase">
    <summary class="act__open">${eraseIcon}<span>Erase me</span></summary>
    <form class="act__form" method="post" action="/identity/erase" data-live>
      <input type="hidden" name="anonymousId" />
      <p id="erase-what"></p>
      <p>
        This cannot be undone. Whoever was erased stays unknown: sign in with another address
        afterwards. The shop signs you out and empties your cart.
      </p>
      <button class="act__do act__do--grave">Yes, erase me</button>
    </form>
  </details>
</section>`;
