import type { LiveAnswer } from '../answer.ts';
import { byId } from './dom.ts';
import { ANSWERED } from './forms.ts';
import { keepReceipts, showReceipts } from './knows/receipt.ts';
import { showKnowledge } from './knows/show.ts';
import { createWatch } from './knows/watch.ts';

/** Beside the page where there is room; there it stays open from page to page. Else above it, as a modal. */
const NARROW = '(max-width: 59.99em)';

const remember = (open: boolean): void => {
  // oxlint-disable-next-line unicorn/no-document-cookie -- the Cookie Store API is not in every browser yet
  document.cookie = `drawer=${open ? 'open' : ''}; Path=/; SameSite=Lax; Max-Age=${open ? 86_400 : 0}`;
};

/** Says that the drawer was open, to the next page only: a modal is not remembered any longer. */
const REOPEN = 'shop.reopen';

/** Makes the button open the drawer, and the drawer tell what Cresset knows while it is open. */
export function startDrawer(): void {
  const dialog = byId('knows') as HTMLDialogElement;
  const button = byId('knows-button');
  const narrow = matchMedia(NARROW);
  const watch = createWatch(showKnowledge);

  /** A form in the drawer was answered: what became of the person shows here, on the next page if need be. */
  const answered = ({ receipts, go }: LiveAnswer): void => {
    if (receipts !== undefined) keepReceipts(receipts);
    if (go !== undefined) {
      sessionStorage.setItem(REOPEN, '1');
      return;
    }
    for (const open of dialog.querySelectorAll('details[name]')) open.removeAttribute('open');
    byId('knows-title').focus();
    watch.start();
  };

  const unfold = (): void => {
    if (narrow.matches) dialog.showModal();
    else dialog.show();
    document.documentElement.classList.add('knows-open');
    button.setAttribute('aria-expanded', 'true');
    remember(!narrow.matches);
    watch.start();
  };
  const open = (): void => {
    unfold();
    byId('knows-title').focus();
  };
  const closed = (): void => {
    if (button.getAttribute('aria-expanded') === 'false') return;
    document.documentElement.classList.remove('knows-open');
    button.setAttribute('aria-expanded', 'false');
    remember(false);
    watch.stop();
    button.focus();
  };

  /** At once: the dialog's event comes later, and a page that is left in between would open the drawer again. */
  const close = (): void => {
    dialog.close();
    closed();
  };

  button.addEventListener('click', open);
  byId('knows-close').addEventListener('click', close);
  dialog.addEventListener('close', () => {
    // It may have been closed only to open it in the other manner.
    if (!dialog.open) closed();
  });
  document.addEventListener('keydown', (event) => {
    // A modal closes on Escape by itself.
    if (event.key === 'Escape' && dialog.open && !dialog.matches(':modal')) close();
  });
  narrow.addEventListener('change', () => {
    if (!dialog.open) return;
    dialog.close();
    unfold();
  });

  dialog.addEventListener(ANSWERED, (event) => {
    answered((event as CustomEvent<LiveAnswer>).detail);
  });
  showReceipts();
  const reopen = sessionStorage.getItem(REOPEN) !== null;
  sessionStorage.removeItem(REOPEN);

  if (reopen && (narrow.matches || !dialog.open)) {
    dialog.removeAttribute('open');
    open();
    return;
  }
  if (!dialog.open) return;
  if (narrow.matches) {
    dialog.removeAttribute('open');
    document.documentElement.classList.remove('knows-open');
    button.setAttribute('aria-expanded', 'false');
  } else {
    watch.start();
  }
}
