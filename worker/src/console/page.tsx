import { raw } from 'hono/html';
import type { FC } from 'hono/jsx';
import script from './page.client.js';
import style from './page.client.css';

/** A basket with a flame: the mark, drawn in the text's colours. */
const Mark: FC = () => (
  <svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
    <path
      class="mark-flame"
      d="M16.4 2.5c.8 4-4.9 6.3-4.9 11 0 2.7 2 4.6 4.6 4.6s4.7-1.9 4.7-4.6c0-1.6-.7-2.7-1.5-3.7-.3 1.4-1 2.1-1.9 2.5.7-3.6-.2-7.4-1-9.8Z"
    />
    <path
      class="mark-basket"
      d="M6 16h20M7.5 16l2.6 8.5h11.8L24.5 16M12 16l1.5 8.5M20 16l-1.5 8.5M16 24.5V30"
    />
  </svg>
);

const KeyForm: FC = () => (
  <main id="door" class="door" hidden>
    <form id="key-form" class="card door-card" novalidate>
      <Mark />
      <h1>Open your site</h1>
      <p class="quiet" id="key-help">
        Your secret key stays in this page’s memory. Reload or close the page, and it is gone.
      </p>
      <label for="key">Secret key</label>
      <input
        id="key"
        type="password"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        placeholder="sk_…"
        aria-describedby="key-help key-error"
        required
      />
      <p id="key-error" class="error" role="alert"></p>
      <button class="button primary" type="submit">
        Open
      </button>
    </form>
  </main>
);

const Tag: FC = () => (
  <section class="card tag" aria-labelledby="tag-title">
    <div class="card-head">
      <h2 id="tag-title">Is my tag working?</h2>
      <button id="pause" class="button small live" type="button" aria-pressed="false">
        <span class="pulse" aria-hidden="true"></span>
        <span id="pause-label">Live</span>
      </button>
    </div>
    <p id="verdict" class="verdict" data-state="wait">
      <span class="verdict-dot" aria-hidden="true"></span>
      <span id="verdict-text">Looking…</span>
    </p>
    <div id="empty" class="empty" hidden>
      <p>
        Paste this into the <code>&lt;head&gt;</code> of your pages, with your write key in it:
      </p>
      <div class="snippet">
        <pre>
          <code id="snippet"></code>
        </pre>
        <button id="copy" class="button small" type="button">
          Copy
        </button>
      </div>
      <p class="quiet">
        Then open one of your pages. Its page view shows up here in a few seconds, with no reload.
        If nothing comes, look at the network panel of your browser: a <code>403</code> means that
        the page’s origin is not among the site’s allowed origins.
      </p>
    </div>
    <ol id="events" class="events" tabindex={0} aria-label="Last events, newest first"></ol>
    <template id="event-row">
      <li class="event">
        <span class="badge" data-part="badge"></span>
        <span class="event-name" data-part="name"></span>
        <span class="event-where" data-part="where"></span>
        <span class="event-visitor" data-part="visitor"></span>
        <time class="event-when" data-part="when"></time>
        <span class="event-why" data-part="why"></span>
      </li>
    </template>
  </section>
);

const Today: FC = () => (
  <section class="card today" aria-labelledby="today-title">
    <div class="card-head">
      <h2 id="today-title">Today</h2>
      <span class="quiet" id="day"></span>
    </div>
    <dl class="numbers">
      <div>
        <dt>Visitors</dt>
        <dd id="visitors">–</dd>
      </div>
      <div>
        <dt>Events</dt>
        <dd id="count">–</dd>
      </div>
      <div>
        <dt>Refused</dt>
        <dd id="rejected">–</dd>
      </div>
    </dl>
    <p id="dead" class="alarm" hidden></p>
  </section>
);

const Campaigns: FC = () => (
  <section class="card campaigns" aria-labelledby="campaigns-title">
    <div class="card-head">
      <h2 id="campaigns-title">Campaigns</h2>
      <span class="quiet" id="campaigns-count"></span>
    </div>
    <p id="no-campaigns" class="quiet" hidden>
      None yet. Make one with <code>POST /v1/campaigns</code>; it then has its switch here.
    </p>
    <ul id="campaigns" class="campaign-list"></ul>
    <p id="campaign-note" class="note" role="status"></p>
    <template id="campaign-row">
      <li class="campaign">
        <div class="campaign-text">
          <h3 data-part="name"></h3>
          <p class="quiet" data-part="meta"></p>
          <p class="chips" data-part="variants"></p>
        </div>
        <button class="switch" type="button" role="switch" data-part="switch">
          <span class="switch-knob" aria-hidden="true"></span>
        </button>
      </li>
    </template>
  </section>
);

/** The whole console: one page, filled by its script with what the private routes answer. */
export const Page: FC<{ nonce: string }> = ({ nonce }) => (
  <>
    {raw('<!doctype html>')}
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>Cresset console</title>
        <link
          rel="icon"
          href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath fill='%23ea580c' d='M16.4 2.5c.8 4-4.9 6.3-4.9 11 0 2.7 2 4.6 4.6 4.6s4.7-1.9 4.7-4.6c0-1.6-.7-2.7-1.5-3.7-.3 1.4-1 2.1-1.9 2.5.7-3.6-.2-7.4-1-9.8Z'/%3E%3Cpath fill='none' stroke='%2378716c' stroke-width='2' d='M6 16h20M7.5 16l2.6 8.5h11.8L24.5 16M16 24.5V30'/%3E%3C/svg%3E"
        />
        <style nonce={nonce}>{raw(style)}</style>
      </head>
      <body>
        <noscript>
          <p class="alarm">The console needs JavaScript.</p>
        </noscript>
        <KeyForm />
        <div id="room" hidden>
          <header class="bar">
            <Mark />
            <p class="brand">Cresset</p>
            <h1 id="site" tabindex={-1}></h1>
            <button id="lock" class="button small" type="button">
              Lock
            </button>
          </header>
          <p id="trouble" class="alarm" role="alert" hidden></p>
          <p id="news" class="unseen" role="status"></p>
          <main class="room">
            <Tag />
            <Today />
            <Campaigns />
          </main>
        </div>
        <script nonce={nonce}>{raw(script)}</script>
      </body>
    </html>
  </>
);
