import { displayName } from '../account.ts';
import { html, type Html } from '../html.ts';
import type { Visit } from '../visit.ts';
import type { Page } from './layout.ts';

const form = (typed: string, error: string | undefined): Html =>
  html` <form class="form form--narrow" method="post" action="/sign-in" data-live>
    <div class="field">
      <label class="field__label" for="user">E-mail address</label>
      <input
        id="user"
        name="user"
        type="email"
        value="${typed}"
        placeholder="ada@example.org"
        autocomplete="username"
        maxlength="160"
        required${error !== undefined && html` aria-invalid="true" aria-describedby="user-error"`}
      />
      ${error !== undefined && html`<p class="error" id="user-error">${error}</p>`}
    </div>
    <button class="button button--wide">Sign in</button>
    <p class="note">
      There is no password, because this is a demonstration: any address will do, none gets mail.
      Sign in with the same one in a second browser, and both become one person.
    </p>
  </form>`;

/** The part of the page that a refused sign-in draws anew. */
export const signInRegion = (typed = '', error?: string): Html =>
  html` <h1 class="title">Sign in</h1>
    ${form(typed, error)}`;

const signedIn = (user: string): Html =>
  html` <h1 class="title">Hello, ${displayName(user)}</h1>
    <p class="lead">You are signed in as ${user}.</p>
    <form method="post" action="/sign-out" data-live>
      <button class="button button--quiet">Sign out</button>
    </form>
    <p class="note">
      Signing out makes this browser a stranger again: Cresset gives it a new anonymous id, and its
      cart is emptied.
    </p>`;

export const signIn = ({ user }: Visit): Page => ({
  title: user === null ? 'Sign in' : 'Your account',
  main: html`<div class="narrow" id="account">
    ${user === null ? signInRegion() : signedIn(user)}
  </div>`,
});
