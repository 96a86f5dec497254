import type { Page } from 'playwright-core';
import type { Validation } from '@fapi/sdk/contract';

const timeoutMs = 30_000;

/** Resolves when the page was told that the draft of this digest is prepared. Rejects when it is told that it is not, or is told nothing. */
export async function watchValidation(page: Page, digest: string): Promise<void> {
  let last: Validation | undefined;
  const told = page.waitForResponse(async (response) => {
    if (!response.url().endsWith('/validate') || response.status() !== 200) return false;
    // A check that a newer one took the place of has no body to read.
    const validation = await response.json().then((body) => body as Validation, () => undefined);
    if (validation?.digest === digest) last = validation;
    return last?.dryImport?.prepared === true;
  }, { timeout: timeoutMs });
  await told.catch((cause: unknown) => {
    if (!last) throw new Error('the page did not have what was typed validated', { cause });
    if (!last.dryImport) throw new Error('the page does not send a session with its validation yet, so that nothing is prepared while typing', { cause });
    throw new Error(`the draft was not prepared: ${last.dryImport.reason ?? 'no reason'}`, { cause });
  });
}
