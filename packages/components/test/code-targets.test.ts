import { makeResponder, until } from '../scenes/server/responder.ts';
import { finding } from '../scenes/server/samples.ts';
import { at, goTo, inCode, open, press, typeKeys } from './language-page.ts';
import { codeOf, contentOf, expect, show } from './show.ts';

afterEach(() => document.body.replaceChildren());

/** Of WCAG 2.5.8; the looks measure what is ours, and leave CodeMirror to us. */
const leastPx = 24;
/** What can be pressed in a part of the code and is lower than a finger needs. */
async function lowIn(editor: Element, part: string, targets: string): Promise<string[]> {
  const found = await until(() => {
    const all = [...inCode(editor, part)?.querySelectorAll(targets) ?? []].filter((one) => one.checkVisibility());
    return all.length > 0 && all;
  }, `${targets} in ${part}`);
  return found.map((one) => ({ one, height: one.getBoundingClientRect().height })).filter(({ height }) => height < leastPx).map(({ one, height }) => `${one.localName}.${one.className} "${one.textContent}" is ${height} high`);
}

describe('what can be pressed in the code is high enough to be hit', () => {
  it('in a list of suggestions', async () => {
    const { editor } = await open({ 'textDocument/completion': () => ({ isIncomplete: false, items: ['berths', 'name'].map((label) => ({ label, kind: 5, detail: 'int' })) }) });
    await goTo(editor, 3, 27);
    typeKeys(editor, '.');
    expect(await lowIn(editor, '.cm-tooltip-autocomplete', 'li'), []);
  });

  it('in the question for another name', async () => {
    const { editor } = await open({ 'textDocument/prepareRename': () => at(2, 18, 7) });
    await goTo(editor, 3, 20);
    press(contentOf(editor), 'F2');
    expect(await lowIn(editor, '.cm-language-rename', 'button, input'), []);
  });

  it('in what is said of a finding', async () => {
    const responder = makeResponder([{ path: 'main.py', content: 'import os\n\n\nname = 1\n' }]);
    responder.findings = [{ ...finding('error'), fixes: ['Mend it', 'Mend it otherwise'].map((title) => ({ title, applicability: 'safe' as const, edits: [{ file: 'main.py', start: { line: 1, column: 1 }, end: { line: 1, column: 1 }, text: 'x' }] })) }];
    const editor = show('fapi-editor', responder);
    const mark = await until(() => codeOf(editor) && contentOf(editor) && inCode(editor, '.cm-lint-marker'), 'the mark');
    mark.dispatchEvent(new MouseEvent('mouseover', { bubbles: true, composed: true }));
    mark.dispatchEvent(new MouseEvent('mousemove', { bubbles: true, composed: true }));
    expect(await lowIn(editor, '.cm-tooltip', 'button'), []);
  });
});
