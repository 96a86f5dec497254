import type { Finding } from '@fapi/sdk/contract';
import type { AppStoreController } from '../../../controllers/app-store.ts';
import { emit, tellError } from '../../../events.ts';
import type { Mend } from '../../../parts/finding-list.ts';
import type { FapiEditor } from '../editor.ts';
import type { FileActs } from '../file-acts.ts';

/** The code of the contract for a project without its main.py. */
const noEntry = 'ENT002';

/** What mends a finding and is no edit of a text: a variable that is to be added, a main.py that is to be there. */
export function mendsOf({ code, variable }: Finding, editor: FapiEditor, app: AppStoreController, acts: FileActs): readonly Mend[] {
  const { strings } = app;
  const { appId } = editor;
  if (editor.readonly || !appId) return [];
  if (variable) return [{ word: strings.addNamedVariable(variable), run: () => emit(editor, 'fapi-open-variable', { appId, name: variable }) }];
  return code === noEntry ? [{ word: strings.mendEntry, run: () => void import('./entry.ts').then(({ askEntry }) => askEntry(editor, app, acts)).catch((error: unknown) => tellError(editor, error)) }] : [];
}
