import type { Finding } from '@fapi/sdk/contract';
import type { AppStoreController } from '../../../controllers/app-store.ts';
import { emit, tellError } from '../../../events.ts';
import { noEntry } from '../../../findings.ts';
import type { Mend } from '../../../parts/finding-list.ts';
import type { FapiEditor } from '../editor.ts';
import type { FileActs } from '../file-acts.ts';

/** What mends a finding and is no edit of a text: a variable that is to be added, a main.py that is to be there. */
export function mendsOf({ code, variable }: Finding, editor: FapiEditor, app: AppStoreController, acts: FileActs): readonly Mend[] {
  const { strings } = app;
  const { appId } = editor;
  if (editor.readonly || !appId) return [];
  if (variable) return [{ word: strings.addNamedVariable(variable), run: () => emit(editor, 'fapi-open-variable', { appId, name: variable }) }];
  return code === noEntry ? [{ word: strings.mendEntry, run: () => void mendEntry(editor, app, acts) }] : [];
}

/** Asks which file is to be main.py, once what asks is here. */
export async function mendEntry(editor: FapiEditor, app: AppStoreController, acts: FileActs): Promise<void> {
  await import('./entry.ts').then(({ askEntry }) => askEntry(editor, app, acts)).catch((error: unknown) => tellError(editor, error));
}
