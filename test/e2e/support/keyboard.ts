import type { Page } from 'playwright/test';

/** Presses Tab until the button that is called this has the focus. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      if (active?.localName !== 'button') return '';
      return active.ariaLabel ?? (active.textContent ?? '').trim();
    });
    if (name.test(focused)) return;
  }
  throw new Error(`The keyboard does not come to ${name}.`);
}
