// @ts-check
(() => {
  /** @typedef {import('./answers.ts').RecentEvent} RecentEvent */
  /** @typedef {import('../contract/wire.ts').Campaign} Campaign */

  const POLL = 2000;
  const REFRESH = 15_000;

  /** @template {HTMLElement} T @param {string} id @param {new () => T} type @returns {T} */
  const find = (id, type) => {
    const element = document.getElementById(id);
    if (!(element instanceof type)) throw new Error(`no #${id}`);
    return element;
  };
  const door = find('door', HTMLElement);
  const room = find('room', HTMLElement);
  const input = find('key', HTMLInputElement);
  const events = find('events', HTMLElement);
  const pause = find('pause', HTMLElement);
  const number = new Intl.NumberFormat('en');

  /** The secret key, here and nowhere else. */
  let key = '';
  /** Ends all that the opened site has under way. */
  let alive = new AbortController();
  let paused = false;
  let refreshed = 0;
  /** The campaigns as they are shown. @type {Campaign[]} */
  let listed = [];
  /** Counts the changes made here, so that an answer from before one is not shown after it. */
  let changes = 0;

  class Refused extends Error {}

  /** @param {string} id @param {string} text */
  const say = (id, text) => {
    const element = find(id, HTMLElement);
    if (element.textContent !== text) element.textContent = text;
    return element;
  };

  /** @param {string} path @param {RequestInit} [init] */
  async function call(path, init) {
    const response = await fetch(path, {
      ...init,
      headers: { authorization: `Bearer ${key}` },
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.any([alive.signal, AbortSignal.timeout(10_000)]),
    });
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    const detail = String(body.detail ?? `The worker answered ${response.status}.`);
    throw response.status === 401 || response.status === 403
      ? new Refused(detail)
      : new Error(detail);
  }

  /** @param {string} iso */
  function ago(iso) {
    const seconds = Math.round((Date.now() - Date.parse(iso)) / 1000);
    if (seconds < 3) return 'now';
    if (seconds < 60) return `${seconds} s ago`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
    if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
    return new Date(iso).toLocaleDateString('en', { day: 'numeric', month: 'short' });
  }

  /** Copies a template; the parts are its elements by `data-part`. @param {string} id */
  function copyOf(id) {
    const content = find(id, HTMLTemplateElement).content.cloneNode(true);
    const row = /** @type {DocumentFragment} */ (content).firstElementChild;
    if (!(row instanceof HTMLElement)) throw new Error(`#${id} is empty`);
    /** @param {string} name @returns {HTMLElement} */
    const part = (name) => {
      const element = row.querySelector(`[data-part="${name}"]`);
      if (!(element instanceof HTMLElement)) throw new Error(`no part ${name}`);
      return element;
    };
    return { row, part };
  }

  /** @param {RecentEvent} event @param {boolean} fresh */
  function eventRow(event, fresh) {
    const { row, part } = copyOf('event-row');
    row.dataset['id'] = event.id;
    row.dataset['outcome'] = event.outcome;
    row.classList.toggle('fresh', fresh);
    part('badge').textContent = event.outcome;
    const refused = event.outcome === 'rejected';
    part('name').textContent = refused ? event.code : event.name || event.type;
    part('where').textContent = refused
      ? event.name
      : [event.name === '' ? '' : event.type, event.path].filter(Boolean).join(' · ');
    part('visitor').textContent = refused ? event.library : event.visitor;
    part('visitor').title = refused ? 'Client that sent it' : 'End of the identifier’s hash';
    part('why').textContent =
      event.outcome === 'notice' ? `${event.code}: ${event.message}` : event.message;
    part('why').hidden = event.message === '';
    const when = part('when');
    when.title = new Date(event.received).toLocaleString('en');
    when.setAttribute('datetime', event.received);
    return row;
  }

  /** @param {RecentEvent[]} list @returns {[state: string, text: string]} */
  function verdict(list) {
    const [newest] = list;
    if (newest === undefined) return ['wait', 'Nothing has arrived yet.'];
    const refused = list.filter((event) => event.outcome === 'rejected').length;
    const taken = list.find((event) => event.outcome !== 'rejected');
    if (taken === undefined) {
      return ['bad', 'No. Events arrive, but every one is refused. The reasons stand below.'];
    }
    const last = `The last event came ${ago(taken.received).replace(/^now$/, 'just now')}.`;
    if (refused > 0) {
      const were = refused === 1 ? 'was' : 'were';
      return ['note', `Partly. ${refused} of the last ${list.length} ${were} refused. ${last}`];
    }
    const quiet = Date.now() - Date.parse(newest.received) > 3_600_000;
    return quiet ? ['note', `It was. ${last}`] : ['ok', `Yes. ${last}`];
  }

  /** @param {RecentEvent[]} list */
  function showEvents(list) {
    const first = events.childElementCount === 0;
    const rows = new Map(
      [...events.children].map((row) => [/** @type {HTMLElement} */ (row).dataset['id'], row]),
    );
    let added = 0;
    let at = events.firstElementChild;
    for (const event of list) {
      let row = rows.get(event.id);
      if (row === undefined) {
        row = eventRow(event, !first);
        added++;
      }
      rows.delete(event.id);
      // Rows that stand where they belong are not touched, so their animation does not begin anew.
      if (row === at) at = at.nextElementSibling;
      else events.insertBefore(row, at);
    }
    for (const row of rows.values()) row.remove();
    for (const when of events.querySelectorAll('time')) when.textContent = ago(when.dateTime);
    const [state, text] = verdict(list);
    say('verdict-text', text);
    find('verdict', HTMLElement).dataset['state'] = state;
    find('empty', HTMLElement).hidden = list.length > 0;
    if (added > 0 && !first) say('news', `${added} new ${added === 1 ? 'event' : 'events'}`);
    return added;
  }

  /** @param {import('./answers.ts').TodayAnswer} today */
  function showToday(today) {
    say('site', today.site.name);
    say('day', `${today.day}, UTC`);
    say('visitors', number.format(today.visitors));
    say('count', number.format(today.events));
    say('rejected', number.format(today.rejected));
    say(
      'dead',
      `${number.format(today.deadLetters)} ${today.deadLetters === 1 ? 'message' : 'messages'} of this worker could not be stored after every retry. They are kept in the table dead_letters.`,
    ).hidden = today.deadLetters === 0;
  }

  /** @param {Campaign} campaign */
  function schedule({ startsAt, endsAt }) {
    const now = Date.now();
    /** @param {string} iso */
    const day = (iso) =>
      new Date(iso).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
    if (startsAt !== null && Date.parse(startsAt) > now) return `starts ${day(startsAt)}`;
    if (endsAt === null) return '';
    return Date.parse(endsAt) <= now ? `ended ${day(endsAt)}` : `until ${day(endsAt)}`;
  }

  /** @param {Campaign} campaign @param {HTMLElement} toggle */
  async function flip(campaign, toggle) {
    if (toggle.getAttribute('aria-busy') === 'true') return;
    const enabled = !campaign.enabled;
    toggle.setAttribute('aria-busy', 'true');
    toggle.setAttribute('aria-checked', String(enabled));
    changes++;
    try {
      const { inForceWithin } = await call(`/v1/campaigns/${encodeURIComponent(campaign.id)}`, {
        method: 'PATCH',
        body: JSON.stringify({ enabled }),
      });
      campaign.enabled = enabled;
      showCount();
      say(
        'campaign-note',
        `“${campaign.name}” is ${enabled ? 'on' : 'off'}; everywhere within ${inForceWithin} s.`,
      );
    } catch (error) {
      if (error instanceof Refused) return lock(error.message);
      say('campaign-note', `“${campaign.name}” was not changed. ${troubleOf(error)}`);
    } finally {
      changes++;
      toggle.setAttribute('aria-checked', String(campaign.enabled));
      toggle.removeAttribute('aria-busy');
    }
  }

  /** @param {Campaign} campaign */
  function campaignRow(campaign) {
    const { row, part } = copyOf('campaign-row');
    const title = part('name');
    title.textContent = campaign.name;
    title.id = `campaign-${campaign.id}`;
    part('meta').textContent = [
      `slot ${campaign.slot}`,
      `priority ${campaign.priority}`,
      campaign.conditions === null ? 'everybody' : 'on conditions',
      schedule(campaign),
    ]
      .filter(Boolean)
      .join(' · ');
    const { variants } = campaign;
    const total = variants.reduce((sum, variant) => sum + variant.weight, 0);
    // Where a variant has conditions of its own, its share depends on who looks.
    const shared = variants.length > 1 && variants.every((variant) => !variant.conditions);
    for (const variant of variants) {
      const chip = document.createElement('span');
      chip.className = 'chip';
      const share = total === 0 ? 0 : Math.round((variant.weight * 100) / total);
      chip.textContent = shared ? `${variant.key} ${share} %` : variant.key;
      part('variants').append(chip);
    }
    const toggle = part('switch');
    toggle.setAttribute('aria-checked', String(campaign.enabled));
    toggle.setAttribute('aria-labelledby', title.id);
    toggle.addEventListener('click', () => void flip(campaign, toggle));
    return row;
  }

  function showCount() {
    const on = listed.filter((campaign) => campaign.enabled).length;
    say('campaigns-count', listed.length === 0 ? '' : `${on} of ${listed.length} on`);
  }

  /** @param {Campaign[]} campaigns */
  function showCampaigns(campaigns) {
    find('no-campaigns', HTMLElement).hidden = campaigns.length > 0;
    if (JSON.stringify(campaigns) === JSON.stringify(listed)) return;
    listed = campaigns;
    const focused = document.activeElement?.getAttribute('aria-labelledby');
    find('campaigns', HTMLElement).replaceChildren(...campaigns.map(campaignRow));
    if (focused) {
      const again = [...document.querySelectorAll('.switch')].find(
        (toggle) => toggle.getAttribute('aria-labelledby') === focused,
      );
      if (again instanceof HTMLElement) again.focus();
    }
    showCount();
  }

  async function refresh() {
    refreshed = Date.now();
    const before = changes;
    const [today, { campaigns }] = await Promise.all([
      call('/v1/console/today'),
      call('/v1/campaigns'),
    ]);
    showToday(today);
    const busy = document.querySelector('.switch[aria-busy]') !== null;
    if (before === changes && !busy) showCampaigns(campaigns);
  }

  /** @param {unknown} error */
  const troubleOf = (error) =>
    error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError')
      ? 'The worker cannot be reached.'
      : error instanceof Error
        ? error.message
        : String(error);

  async function look() {
    const added = showEvents((await call('/v1/console/recent')).events);
    const due = Date.now() - refreshed > (added > 0 ? POLL : REFRESH);
    if (due) await refresh();
  }

  /** One look after the other until the site is locked. @param {AbortSignal} signal */
  async function watch(signal) {
    while (!signal.aborted) {
      await pauseFor(POLL, signal);
      if (signal.aborted || paused || document.hidden) continue;
      try {
        await look();
        find('trouble', HTMLElement).hidden = true;
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Refused) return lock(error.message);
        say('trouble', `${troubleOf(error)} Trying again every ${POLL / 1000} s.`).hidden = false;
      }
    }
  }

  /** Waits, or until the page is seen again. @param {number} time @param {AbortSignal} signal */
  const pauseFor = (time, signal) =>
    new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        document.removeEventListener('visibilitychange', done);
        signal.removeEventListener('abort', done);
        resolve(undefined);
      };
      const timer = setTimeout(done, time);
      document.addEventListener('visibilitychange', done);
      signal.addEventListener('abort', done);
    });

  /** Forgets the key and everything that it showed. @param {string} [why] */
  function lock(why = '') {
    alive.abort();
    key = '';
    listed = [];
    room.hidden = true;
    door.hidden = false;
    for (const id of ['events', 'campaigns']) find(id, HTMLElement).replaceChildren();
    for (const id of ['site', 'day', 'campaign-note', 'news']) say(id, '');
    for (const id of ['visitors', 'count', 'rejected']) say(id, '–');
    find('trouble', HTMLElement).hidden = true;
    say('key-error', why);
    input.setAttribute('aria-invalid', String(why !== ''));
    input.focus();
  }

  /** @param {SubmitEvent} event */
  async function open(event) {
    event.preventDefault();
    const given = input.value.trim();
    if (given === '') return lock('Enter the secret key of your site.');
    // A header takes no other characters; no key has them.
    if (!/^[\x21-\x7e]+$/.test(given)) return lock('This is not a key.');
    alive.abort();
    alive = new AbortController();
    const { signal } = alive;
    key = given;
    say('key-error', '');
    door.setAttribute('aria-busy', 'true');
    try {
      await refresh();
      await look();
    } catch (error) {
      return lock(troubleOf(error));
    } finally {
      door.removeAttribute('aria-busy');
    }
    input.value = '';
    input.setAttribute('aria-invalid', 'false');
    door.hidden = true;
    room.hidden = false;
    find('site', HTMLElement).focus();
    return watch(signal);
  }

  /** @param {boolean} stop */
  function setPaused(stop) {
    paused = stop;
    pause.setAttribute('aria-pressed', String(stop));
    say('pause-label', stop ? 'Paused' : 'Live');
  }

  // Spelled out, the closing tag would end this script, which stands in the page's HTML.
  const tag = `<script async src="${location.origin}/c.js" data-key="wk_…">\x3c/script>`;
  say('snippet', tag);
  find('key-form', HTMLFormElement).addEventListener('submit', (event) => void open(event));
  find('lock', HTMLElement).addEventListener('click', () => lock());
  pause.addEventListener('click', () => setPaused(!paused));
  const copy = find('copy', HTMLElement);
  copy.addEventListener('click', () => {
    navigator.clipboard.writeText(tag).then(
      () => say('copy', 'Copied'),
      () => getSelection()?.selectAllChildren(find('snippet', HTMLElement)),
    );
  });
  lock();
})();
