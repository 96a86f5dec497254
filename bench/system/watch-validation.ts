import type { Page, Response } from 'playwright-core';
import type { Validation } from '@fapi/sdk/contract';

const timeoutMs = 30_000;

/** Resolves when the page was told that a draft with this word in it is prepared. Rejects when it is told that it is not, or does not ask. */
export async function watchValidation(page: Page, word: string): Promise<void> {
  const told = await page.waitForResponse((response) => isAbout(response, word), { timeout: timeoutMs });
  if (told.status() !== 200) throw new Error(`the page's validation was answered with ${told.status()}`);
  if (!('session' in told.request().postDataJSON())) throw new Error('the page does not send a session with its validation yet, so that nothing is prepared while typing');
  const { dryImport } = (await told.json()) as Validation;
  if (!dryImport?.prepared) throw new Error(`the draft was not prepared: ${dryImport?.reason ?? 'it was not imported'}`);
}

const isAbout = (response: Response, word: string): boolean => response.url().endsWith('/validate') && (response.request().postData() ?? '').includes(`\\"${word}\\"`);
