import type { LiveAnswer } from '../answer.ts';
import { byId } from './dom.ts';
import { tellIdentity } from './identity.ts';
import { tell } from './sdk.ts';
import { toast } from './toast.ts';

function showCount(count: number): void {
  const badge = byId('cart-count');
  badge.textContent = String(count);
  badge.hidden = count === 0;
}

/** Draws a part of the page anew and leaves the focus where it was, or at the next best place. */
function redraw({ id, html }: { id: string; html: string }): void {
  const region = byId(id);
  const held = region.contains(document.activeElement) ? document.activeElement?.id : undefined;
  // Made by the shop's own server from escaped templates.
  region.innerHTML = html;
  if (held === undefined) return;
  const next =
    region.querySelector<HTMLElement>('[aria-invalid]') ??
    (held === '' ? null : document.getElementById(held)) ??
    region.querySelector<HTMLElement>('button, a');
  next?.focus();
}

/** The event that a form gets when it was answered and the shop acted on it, before the page changes. */
export const ANSWERED = 'shop:answered';

function apply(form: HTMLFormElement, answer: LiveAnswer): void {
  if (answer.identity !== undefined) tellIdentity(answer.identity);
  for (const call of answer.calls) tell(call);
  showCount(answer.count);
  if (answer.region !== undefined) redraw(answer.region);
  form.dispatchEvent(new CustomEvent(ANSWERED, { bubbles: true, detail: answer }));
  if (answer.go !== undefined) location.assign(answer.go);
  else if (answer.message !== '') toast(answer.message);
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) {
    if (typeof value === 'string') fields.append(name, value);
  }
  const response = await fetch(form.action, {
    method: 'POST',
    body: fields,
    headers: { Accept: 'application/json' },
  });
  if (!response.ok) throw new Error(`${form.action}: ${response.status}`);
  apply(form, (await response.json()) as LiveAnswer);
}

/** Sends the forms that are marked `data-live` without leaving the page. */
export function liveForms(): void {
  const busy = new WeakSet<HTMLFormElement>();
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset['live'] === undefined) return;
    event.preventDefault();
    if (busy.has(form)) return;
    busy.add(form);
    form.setAttribute('aria-busy', 'true');
    send(form, event.submitter)
      // The shop's server is away: the browser's own way says so best.
      .catch(() => {
        delete form.dataset['live'];
        form.requestSubmit(event.submitter);
      })
      .finally(() => {
        busy.delete(form);
        form.removeAttribute('aria-busy');
      });
  });
}
