import { addEnglish } from '../../../catalogues.ts';
import { describeError } from '../../../error-messages.ts';
import { importEnglish } from '../../../strings/import.ts';
import type { ImportOptions } from './import-files.ts';

addEnglish(importEnglish);

/** Saves the draft and hands its archive to the browser as a download; says so when either fails. */
export async function exportZip({ client, store, acts, strings, locale }: ImportOptions, isReadOnly: boolean): Promise<void> {
  const fail = (word: string): void => acts.notice.say({ words: [word], acts: [], kind: 'problem' });
  try {
    // The archive is of what the server has.
    if (!isReadOnly && store.snapshot.dirtyPaths.size > 0) await store.save();
    if (!isReadOnly && store.snapshot.dirtyPaths.size > 0) return fail(strings.exportUnsaved);
    const bytes = await client.drafts.exportZip(store.snapshot.appId);
    const url = URL.createObjectURL(new Blob([bytes], { type: 'application/zip' }));
    Object.assign(document.createElement('a'), { href: url, download: `${store.snapshot.app?.host ?? 'app'}.zip` }).click();
    // The browser has begun with it by then.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  } catch (error) {
    fail(describeError(error, strings, locale).text);
  }
}
