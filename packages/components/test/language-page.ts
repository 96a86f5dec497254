import type { FapiBuilder, FapiEditor } from '../src/index.ts';
import { makeResponder, until, type Responder } from '../scenes/server/responder.ts';
import { codeOf, contentOf, find, show } from './show.ts';

export const at = (line: number, character: number, length: number) => ({ start: { line, character }, end: { line, character: character + length } });
export const models = 'class Harbour:\n    berths = 3\n';
export const main = 'from models import Harbour\n\nä = "🚢"; place = Harbour()\n';
export const draft = [{ path: 'main.py', content: main }, { path: 'models.py', content: models }];
export const [mainUri, modelsUri, libraryUri] = ['file:///app/main.py', 'file:///app/models.py', 'file:///library/fastapi/applications.py'];

export async function open<T extends FapiEditor | FapiBuilder = FapiEditor>(answers: Responder['language']['answers'] | null = {}, tag = 'fapi-editor', files = draft): Promise<{ editor: T; responder: Responder }> {
  const responder = makeResponder(files);
  responder.language.answers = answers ?? undefined;
  const editor = show<T>(tag, responder);
  const inner = await until(() => (tag === 'fapi-editor' ? editor : find(editor, 'fapi-editor')));
  await until(() => contentOf(inner), 'the code editor');
  if (answers) await until(() => status(inner) === 'on', 'suggestions');
  return { editor, responder };
}
export const status = (editor: Element): string | undefined => find(editor, '.language')?.dataset['status'];
export const inCode = <E extends HTMLElement>(editor: Element, selector: string): E | null | undefined => codeOf(editor)?.shadowRoot?.querySelector<E>(selector);
export const shown = (editor: Element): string => [...contentOf(editor)!.querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n');
const codes: Record<string, number> = { Enter: 13, Escape: 27, F2: 113, F12: 123, '.': 190, z: 90, f: 70, F: 70, ' ': 32 };
export const press = (target: EventTarget | null | undefined, key: string, init: KeyboardEventInit = {}): boolean | undefined => target?.dispatchEvent(new KeyboardEvent('keydown', { key, keyCode: codes[key] ?? 0, bubbles: true, composed: true, cancelable: true, ...init }));
/** Puts the cursor where `line` and `column` say, 1-based, in code points. */
export const goTo = async (editor: Element, line: number, column: number): Promise<void> => {
  codeOf(editor)!.revealLine(line, column);
  await until(() => codeOf(editor)!.act((view) => view.state.doc.lineAt(view.state.selection.main.head).number === line && view.hasFocus));
};
/** Types as a keyboard does, which a suggestion waits for. */
export const typeKeys = (editor: Element, typed: string): void => {
  for (const key of typed) codeOf(editor)!.act((view) => view.dispatch(view.state.replaceSelection(key), { userEvent: 'input.type', scrollIntoView: true }));
};
/** By the pointer, which chooses when it goes down. */
export const choose = (item: Element | null | undefined): boolean | undefined => item?.dispatchEvent(new MouseEvent('mousedown', { bubbles: true, composed: true, cancelable: true }));
export const asked = (responder: Responder, method: string) => responder.language.heard.filter((message) => message.method === method).map(({ params }) => params as Record<string, never>);
