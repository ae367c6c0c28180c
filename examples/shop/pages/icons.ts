import { html, Html } from '../html.ts';

const icon = (paths: string): Html =>
  new Html(
    `<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${paths}</svg>`,
  );

export const cartIcon = icon(
  '<path d="M5 8h14l-1.2 10.2a2 2 0 0 1-2 1.8H8.2a2 2 0 0 1-2-1.8z"/><path d="M9 8V7a3 3 0 0 1 6 0v1"/>',
);
export const userIcon = icon(
  '<circle cx="12" cy="8.5" r="3.5"/><path d="M5 20c.8-3.6 3.6-5.5 7-5.5s6.2 1.9 7 5.5"/>',
);
export const flameIcon = icon(
  '<path d="M12 3c.6 3-3.8 4.6-3.8 9a3.8 3.8 0 0 0 7.6 0c0-1.5-.7-2.5-1.3-3.3-.3 1-.9 1.5-1.5 1.7C13.5 8 13.7 5 12 3z"/><path d="M6 19.5h12M8 22h8"/>',
);
export const browserIcon = icon(
  '<rect x="3.5" y="5" width="17" height="14" rx="2"/><path d="M3.5 9.5h17M6.5 7.3h.01M9 7.3h.01"/>',
);
export const splitIcon = icon(
  '<path d="M12 3v6M12 9c0 5-6 4-6 10M12 9c0 5 6 4 6 10M3.5 16.5L6 19l2.5-2.5M15.5 16.5L18 19l2.5-2.5"/>',
);
export const eraseIcon = icon(
  '<path d="M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.8 12.5h9.4L17.5 7M10 10.5v5.5M14 10.5v5.5"/>',
);
export const closeIcon = icon('<path d="M6 6l12 12M18 6L6 18"/>');
export const minusIcon = icon('<path d="M6 12h12"/>');
export const plusIcon = icon('<path d="M6 12h12M12 6v12"/>');
export const checkIcon = icon('<path d="M5 12.5l4.5 4.5L19 7.5"/>');

/** The shop's mark: a kettle under an arch. */
export const mark = html`<svg
  class="mark"
  viewBox="0 0 32 32"
  width="32"
  height="32"
  aria-hidden="true"
>
  <path d="M5 28V14a11 11 0 0 1 22 0v14z" fill="currentColor" />
  <path d="M11.5 17h8l1.8 7.5h-11.6z" fill="var(--paper)" />
  <path
    d="M20 19c2.5-.2 2-3.5 4-3.8M13.5 17c.2-2 3.8-2 4 0"
    fill="none"
    stroke="var(--paper)"
    stroke-width="1.5"
    stroke-linecap="round"
  />
</svg>`;
