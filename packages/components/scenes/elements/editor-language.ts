import type { FapiEditor } from '../../src/index.ts';
import type { Scene, Shown } from '../scene.ts';
import { makeResponder, until } from '../server/responder.ts';
import type { Responder } from '../server/responder.ts';
import { hard } from '../states.ts';

const models = 'class Harbour:\n    berths = 3\n';
const main = 'from models import Harbour\n\nplace = Harbour()\n';
const [mainUri, modelsUri, libraryUri] = ['file:///app/main.py', 'file:///app/models.py', 'file:///library/fastapi/applications.py'];
const at = (line: number, character: number, length: number) => ({ start: { line, character }, end: { line, character: character + length } });

type Answers = NonNullable<Responder['language']['answers']>;
const speaking = (answers: Answers) => (): Responder => {
  const responder = makeResponder([{ path: 'main.py', content: main }, { path: 'models.py', content: models }]);
  responder.language.answers = answers;
  return responder;
};

/** The code, with language servers that answer and the cursor at a 1-based place. */
async function reach({ element, seen, find }: Shown<FapiEditor>, line: number, column: number): Promise<HTMLElementTagNameMap['fapi-code']> {
  await seen('.cm-content[aria-autocomplete]');
  await until(() => find('.language')?.dataset['status'] === 'on');
  element.arrange({ pane: 'code' });
  const code = find<HTMLElementTagNameMap['fapi-code']>('fapi-code')!;
  code.revealLine(line, column);
  await until(() => code.act((view) => view.state.doc.lineAt(view.state.selection.main.head).number === line));
  return code;
}
/** As a keyboard does, which suggestions and parameters wait for. */
const typing = (line: number, typed: string) => async (shown: Shown<FapiEditor>): Promise<void> => {
  const code = await reach(shown, line, 18);
  for (const key of typed) code.act((view) => view.dispatch(view.state.replaceSelection(key), { userEvent: 'input.type' }));
};
const asking = (command: Parameters<FapiEditor['runLanguage']>[0], line: number, column: number) => async (shown: Shown<FapiEditor>): Promise<void> => {
  await reach(shown, line, column);
  shown.element.runLanguage(command);
};
const given = { autosave: 'off' };

/** What language servers bring, which is seen when it is asked for. */
export const withLanguage: Readonly<Record<string, Scene>> = {
  'with suggestions': {
    server: speaking({ 'textDocument/completion': () => ({ isIncomplete: false, items: [{ label: 'berths', kind: 5, detail: 'int', documentation: { kind: 'markdown', value: `How many \`ships\`. ${hard.long}` } }, { label: hard.unbroken, kind: 2 }] }) }),
    given, shows: '.cm-tooltip-autocomplete li', act: typing(3, '.'),
  },
  'with the parameters of a call': {
    server: speaking({ 'textDocument/signatureHelp': () => ({ activeSignature: 0, activeParameter: 0, signatures: [{ label: '(name: str, berths: int = 3) -> Harbour', parameters: [{ label: [1, 10] }, { label: [12, 27] }], documentation: hard.long }] }) }),
    given, shows: '.cm-lsp-signature-tooltip', act: typing(4, 'Harbour('),
  },
  'with what a name is': {
    server: speaking({ 'textDocument/hover': () => ({ contents: { kind: 'markdown', value: '```python\nclass Harbour\n```\nWhere **ships** rest.' }, range: at(0, 19, 7) }) }),
    given, shows: '.cm-language-hover', act: asking('hover', 1, 21),
  },
  'asked for another name': { server: speaking({ 'textDocument/prepareRename': () => at(2, 8, 7) }), given, shows: '.cm-language-rename input', act: asking('rename', 3, 10) },
  'with the references of a name': {
    server: speaking({ 'textDocument/references': () => [{ uri: modelsUri, range: at(0, 6, 7) }, { uri: mainUri, range: at(2, 8, 7) }, { uri: mainUri, range: at(0, 19, 7) }] }),
    given, shows: '.reference', act: asking('references', 1, 22),
  },
  'at the source of a library': {
    server: speaking({ 'textDocument/definition': () => ({ uri: libraryUri, range: at(60, 6, 7) }), 'fapi/readFile': () => ({ text: `${'#\n'.repeat(60)}class FastAPI:\n` }) }),
    given, shows: '.library', says: 'is the source of a library', act: asking('definition', 1, 22),
  },
};
