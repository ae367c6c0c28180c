/** What the browser tests of the shop do on its pages. */
import type { Page } from 'playwright-core';

/** A window as narrow as a small phone's. */
export const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

/** Puts the product of this page into the cart. */
export async function addToCart(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await page.getByText('is in your cart').waitFor();
}

/** Opens the page and signs in as this user there. */
export async function signIn(page: Page, user: string): Promise<void> {
  await page.goto('/sign-in');
  await signInHere(page, user);
}

/** Signs in as this user on the page for that; ends on the home page. */
export async function signInHere(page: Page, user: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(user);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('/');
}

/** Opens the drawer by keyboard. */
export async function openDrawer(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'What Cresset knows' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'What Cresset knows' }).waitFor();
}

/** Pixels by which the page is wider than its window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
