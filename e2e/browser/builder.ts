import type { Page } from 'playwright-core';

/** The hands of a builder: what a person does on the portal's page, by mouse and keys. */
export interface Builder {
  /** Opens the dialog, chooses a starter and names the app; resolves when its code is there to edit. Answers the app's id. */
  createApp(starter: string, name: string): Promise<string>;
  /** Double-clicks a word in the code and types over it. */
  replaceWord(word: string, typed: string): Promise<void>;
  /** Types at the end of the file. */
  typeAtEnd(text: string): Promise<void>;
  /** The text of the line that the cursor is on. */
  cursorLine(): Promise<string>;
  /** The whole text of the file as the editor draws it, once it draws one. */
  code(): Promise<string>;
  press(keys: string): Promise<void>;
  /** Presses Ctrl+Enter and resolves when the server has taken the deploy. */
  deploy(): Promise<void>;
}

export function makeBuilder(page: Page): Builder {
  // With its keys: they come a frame after its colours.
  const content = page.locator('fapi-editor .cm-content[aria-autocomplete]');
  return {
    async createApp(starter, name) {
      await page.getByRole('button', { name: 'New app' }).first().click();
      await page.getByRole('radio', { name: starter }).check();
      await page.getByRole('textbox', { name: 'Name' }).fill(name);
      await page.getByRole('button', { name: 'Create', exact: true }).click();
      await page.locator('fapi-editor h2.title', { hasText: name }).waitFor();
      // Who has made an app can type at once.
      await page.locator('fapi-editor .cm-content[aria-autocomplete]:focus').waitFor();
      return new URL(page.url()).hash.slice(1);
    },
    async replaceWord(word, typed) {
      const place = await content.evaluate((root, wanted) => {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const at = node.textContent?.indexOf(wanted) ?? -1;
          if (at === -1) continue;
          const range = document.createRange();
          range.setStart(node, at);
          range.setEnd(node, at + wanted.length);
          const box = range.getBoundingClientRect();
          return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
        }
        throw new Error(`"${wanted}" is not in the code`);
      }, word);
      await page.mouse.dblclick(place.x, place.y);
      await page.keyboard.type(typed);
    },
    async typeAtEnd(text) {
      await content.click();
      await page.keyboard.press('Control+End');
      await page.keyboard.type(text);
    },
    cursorLine: async () => (await page.locator('fapi-editor .cm-activeLine').textContent()) ?? '',
    async code() {
      await content.waitFor();
      return (await content.locator('.cm-line').allTextContents()).join('\n');
    },
    press: (keys) => page.keyboard.press(keys),
    async deploy() {
      const taken = page.waitForResponse((response) => response.request().method() === 'POST' && response.url().endsWith('/deployments'));
      await page.keyboard.press('Control+Enter');
      await taken;
    },
  };
}
