import type { Mutant } from '../../../worker/test/mutants/mutant.ts';

const SRC = 'sdk/src';

/** What the SDK promises, each taken out of a copy of it, and the test in a real browser that has to fail then. */
export const MUTANTS: readonly Mutant[] = [
  // --- Page views.
  {
    name: 'sdk: a prerendered page is viewed before it is shown',
    file: `${SRC}/capture/pages.ts`,
    find: 'if ((document as Prerendering).prerendering)',
    replace: 'if (0 > 1)',
    test: ['views.test.ts', 'a prerendered page is viewed when it is shown'],
  },
  {
    name: 'sdk: a page from the back/forward cache is not viewed again',
    file: `${SRC}/capture/pages.ts`,
    find: 'if ((event as PageTransitionEvent).persisted) cresset.page();',
    replace: '',
    test: ['views.test.ts', 'a page from the back/forward cache is viewed again'],
  },
  {
    name: 'sdk: query parameters go as they are',
    file: `${SRC}/address.ts`,
    find: '      shown.searchParams.delete(name);',
    replace: '      void name;',
    test: ['views.test.ts', 'query parameters: campaigns'],
  },
  {
    name: 'sdk: a canonical URL that was left behind counts',
    file: `${SRC}/context.ts`,
    find: 'stale = canonical;',
    replace: '',
    test: ['views.test.ts', 'a canonical URL that the page before left behind'],
  },
  // --- Engagement.
  {
    name: 'sdk: parts of a millisecond are thrown away',
    file: `${SRC}/capture/engagement.ts`,
    find: 'total -= engaged;',
    replace: 'total = 0;',
    test: ['engagement.test.ts', 'parts of a millisecond'],
  },
  {
    name: 'sdk: who left the screen on counts for hours',
    file: `${SRC}/capture/engagement.ts`,
    find: 'Math.min(now - mark, PATIENCE)',
    replace: 'now - mark',
    test: ['engagement.test.ts', 'the reports of a page view add up'],
  },
  {
    name: 'sdk: hidden time counts',
    file: `${SRC}/capture/engagement.ts`,
    find: 'mark = document.hidden || isGone ? 0 : now;',
    replace: 'mark = now;',
    test: ['engagement.test.ts', 'hidden, frozen, thawed and shown'],
  },
  {
    name: 'sdk: a page that goes counts on until it is hidden',
    file: `${SRC}/capture/engagement.ts`,
    find: 'document.hidden || isGone ? 0 : now',
    replace: 'document.hidden ? 0 : now',
    test: ['engagement.test.ts', 'a navigation is one report'],
  },
  {
    name: 'sdk: a question does not wait for what was done before',
    file: `${SRC}/decide.ts`,
    find: 'if (!failures) await flush();',
    replace: '',
    test: ['calls.test.ts', 'sees what the visitor has just done'],
  },
  {
    name: 'sdk: a question sends what is to wait',
    file: `${SRC}/decide.ts`,
    find: 'if (!failures) await flush();',
    replace: 'await flush();',
    test: ['calls.test.ts', 'does not send again what the worker asked to wait with'],
  },
  {
    name: 'sdk: reset leaves what the worker keeps',
    file: `${SRC}/identity.ts`,
    find: "  setCookie(KEPT_COOKIE, '');",
    replace: '',
    test: ['storage.test.ts', 'where nothing else is left'],
  },
  // --- Attributes.
  {
    name: 'sdk: each click in a form is its event',
    file: `${SRC}/capture/attributes.ts`,
    find: "if (named && (type === 'submit') === named.matches('form')) {",
    replace: 'if (named) {',
    test: ['attributes.test.ts', 'of a form it is the sending'],
  },
  // --- Identity and storage.
  {
    name: 'sdk: the cookie goes over plain http, too',
    file: `${SRC}/cookie.ts`,
    find: "${location.protocol === 'https:' ? ';secure' : ''}",
    replace: '',
    test: ['storage.test.ts', 'on https: on the registrable domain'],
  },
  {
    name: 'sdk: the copy in the store does not heal the cookie',
    file: `${SRC}/identity.ts`,
    find: 'running._later(() => setCookie(ANONYMOUS, getPerson().anonymousId), 0),',
    replace: 'undefined,',
    test: ['storage.test.ts', 'heal each other'],
  },
  {
    name: 'sdk: a user outlives the anonymous id',
    file: `${SRC}/identity.ts`,
    find: 'read(USER).split(`${id} `)[1]',
    replace: "read(USER).split(' ')[1]",
    test: ['storage.test.ts', 'signing out on one subdomain reaches the other'],
  },
  {
    name: 'sdk: another user keeps the anonymous id',
    file: `${SRC}/identity.ts`,
    find: 'if ((getPerson().userId ?? userId) !== userId) forget();',
    replace: '',
    test: ['calls.test.ts', 'another user gets another anonymous id'],
  },
  // --- Consent.
  {
    name: 'sdk: withdrawal leaves what was stored',
    file: `${SRC}/client.ts`,
    find: 'names(STORED).forEach(remove);',
    replace: '',
    test: ['ending.test.ts', 'withdrawn: what was stored and queued is deleted'],
  },
  {
    name: 'sdk: Global Privacy Control is ignored',
    file: `${SRC}/consent.ts`,
    find: "if (level === 'all' && (navigator as PrivacyControl).globalPrivacyControl) level = 'measure';",
    replace: '',
    test: ['consent.test.ts', 'data-consent="all" is measure'],
  },
  {
    name: 'sdk: what waits for consent is stored',
    file: `${SRC}/consent.ts`,
    find: 'isLive = isAgreed();',
    replace: "isLive = level !== 'none';",
    test: ['consent.test.ts', 'nothing is sent, stored or read until it is decided'],
  },
  // --- Delivery.
  {
    name: 'sdk: requests end with the page',
    file: `${SRC}/transport.ts`,
    find: 'keepalive: true,',
    replace: '',
    test: ['sending.test.ts', 'every request outlives the page'],
  },
  {
    name: 'sdk: who leaves leaves without a word',
    file: `${SRC}/client.ts`,
    find: '  ready();\n  void flush();',
    replace: '  ready();',
    test: ['sending.test.ts', 'all 400 arrive, each once'],
  },
  {
    name: 'sdk: an event is forgotten before it is acknowledged',
    file: `${SRC}/sender.ts`,
    find: 'taken.forEach((name) => sending.delete(name));',
    replace: 'taken.forEach((name) => sending.delete(name));\n  taken.forEach(remove);',
    test: ['delivery.test.ts', '503: tries again, and it counts once'],
  },
  {
    name: 'sdk: Retry-After is ignored',
    file: `${SRC}/sender.ts`,
    find: 'asked || FIRST_RETRY',
    replace: 'FIRST_RETRY',
    test: ['delivery.test.ts', '429: nothing more is sent before the time'],
  },
  {
    name: 'sdk: what is on its way does not count for the quota',
    file: `${SRC}/queue.ts`,
    find: 'sending.forEach(fits);',
    replace: '',
    test: ['delivery.test.ts', 'what is on its way counts'],
  },
  {
    name: 'sdk: the queue has no end',
    file: `${SRC}/queue.ts`,
    find: 'oldest.forEach(remove);',
    replace: '',
    test: ['sending.test.ts', 'is bounded: 200 events'],
  },
  {
    name: 'sdk: what is lost is not counted',
    file: `${SRC}/losses.ts`,
    find: "cresset.on('dropped', ({ count }) => write(LOST, String(+read(LOST) + count)));",
    replace: '',
    test: ['delivery.test.ts', 'too many: the oldest go first'],
  },
  // --- The page.
  {
    name: 'sdk: what a call throws goes into the page',
    file: `${SRC}/guard.ts`,
    find: 'attempt(() => run(...args), warn);',
    replace: 'run(...args);',
    test: ['input.test.ts', 'of every argument of every call'],
  },
  {
    name: 'sdk: stop leaves its listeners',
    file: `${SRC}/lifecycle.ts`,
    find: 'undos.add(() => target.removeEventListener(type, guarded, true));',
    replace: '',
    test: ['ending.test.ts', 'leaves no listener, timer, observer'],
  },
];
