import type { StoredEvent } from '../event.ts';
import type { Part } from '../part.ts';

/** Most lines that are kept; the oldest go first. */
const LINES = 200;

const STYLE =
  ':host{all:initial}' +
  '.panel{position:fixed;inset:auto 8px 8px auto;z-index:2147483647;width:28em;max-width:90vw;' +
  'max-height:50vh;overflow:auto;padding:8px;font:12px/1.5 monospace;color:#eee;background:#222}' +
  'button{float:right}pre{white-space:pre-wrap;overflow-wrap:anywhere}';

/** What is read of the worker's answer to a batch. */
interface Answer {
  accepted?: number;
  duplicates?: number;
  rejected?: { code: string }[];
  notices?: { code: string }[];
  /** Of a problem. */
  detail?: string;
}

const make = (tag: string, ...children: (Node | string)[]): HTMLElement => {
  const element = document.createElement(tag);
  element.append(...children);
  return element;
};

/**
 * Shows what happens, as it happens, in a panel: who the visitor is, what is captured, sent and dropped and why,
 * warnings, and decisions with their reasons. The tag loads it where the URL of the page has `?cresset_debug`.
 */
const debug: Part = (cresset, { key, host }) => {
  const known = new Set<string>();
  let last: StoredEvent | undefined;
  let sent = 0;
  let dropped = 0;
  const title = make('summary');
  const who = make('pre');
  const lines = make('div');
  const close = make('button', 'Close');
  const panel = make('details', title, close, who, lines);
  const root = make('cresset-debug');

  const refresh = (): void => {
    title.textContent = `Cresset: ${known.size} captured, ${sent} sent, ${dropped} dropped`;
    who.textContent =
      `anonymous id: ${cresset.anonymousId() ?? 'none, for want of consent'}\n` +
      `user id: ${last?.userId ?? 'none'}\nconsent: ${JSON.stringify(last?.context.consent)}\n` +
      `key: ${key}\nhost: ${host}`;
  };
  const add = (line: string, detail: unknown): void => {
    const at = new Date().toTimeString().slice(0, 8);
    lines.prepend(
      make(
        'details',
        make('summary', `${at} ${line}`),
        make('pre', JSON.stringify(detail, null, 1)),
      ),
    );
    lines.children[LINES]?.remove();
    refresh();
  };
  const capture = (event: StoredEvent | undefined): void => {
    if (!event || known.has(event.messageId)) return;
    known.add(event.messageId);
    last = event;
    add(`captured: ${event.event ?? event.type}`, event);
  };

  const end = (): void => {
    undos.forEach((undo) => undo());
    removeEventListener('keydown', escape);
    root.remove();
  };
  const escape = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') end();
  };
  const undos = [
    cresset.on('event', capture),
    cresset.on('sent', ({ status, events, answer }) => {
      // What was captured before this part was there.
      events.forEach(capture);
      const {
        accepted = 0,
        duplicates = 0,
        rejected = [],
        notices = [],
        detail = '',
      } = Object(answer) as Answer;
      sent += accepted + duplicates;
      const codes = [...rejected, ...notices].map(({ code }) => code).join(' ');
      add(
        `sent: ${status} ${accepted} accepted ${duplicates} duplicates ${rejected.length} rejected ${codes}${detail}`,
        answer,
      );
    }),
    cresset.on('dropped', ({ count, reason }) => {
      dropped += count;
      add(`dropped: ${count} ${reason}`, reason);
    }),
    cresset.on('warning', (what) => add(`warning: ${String(what)}`, what)),
    cresset.on('decisions', (decisions) => {
      for (const [slot, decision] of Object.entries(decisions)) {
        const { campaign = '', variant = '', reason } = decision;
        add(`decision: ${slot} ${reason} ${campaign} ${variant}`, decision);
      }
    }),
    cresset.on('stop', () => end()),
  ];

  Object.assign(panel, { className: 'panel', open: true });
  close.addEventListener('click', end);
  addEventListener('keydown', escape);
  const shadow = root.attachShadow({ mode: 'open' });
  // Not a `<style>`, which a strict Content-Security-Policy forbids.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(panel);
  document.documentElement.append(root);
  refresh();
};

export default debug;
