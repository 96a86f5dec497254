import { type FapiCode, registerCodePhrases } from '../src/index.ts';
import { until } from '../scenes/server/responder.ts';
import { expect, find, handled } from './show.ts';

afterEach(() => {
  document.documentElement.lang = 'en';
  document.body.replaceChildren();
});

const content = (code: Element): HTMLElement => find(code, handled)!;
const press = (code: Element, key: string, keyCode: number, init: KeyboardEventInit = {}): boolean => content(code).dispatchEvent(new KeyboardEvent('keydown', { key, keyCode, ctrlKey: true, bubbles: true, composed: true, cancelable: true, ...init }));
async function openCode(change: Partial<FapiCode> = {}): Promise<FapiCode> {
  const code = Object.assign(document.createElement('fapi-code'), { value: 'tide = 1\n', path: 'a.py' }, change);
  document.body.append(code);
  await until(() => content(code));
  content(code).focus();
  return code;
}

describe("CodeMirror's own words", () => {
  it('are German where the page is: to go to a line, of what is found, suggested and folded', async () => {
    document.documentElement.lang = 'de';
    const code = await openCode({ value: 'def a():\n    return 1', findings: [{ code: 'X1', severity: 'error', source: 'syntax', file: 'a.py', start: { line: 1, column: 1 }, end: { line: 1, column: 4 }, message: 'is odd' }] });
    // They come after the editor.
    await until(() => code.act((view) => view.state.phrase('Diagnostics')) === 'Probleme', 'the German words');
    press(code, 'g', 71, { altKey: true });
    const dialog = await until(() => find(code, '.cm-goto-line'), 'the dialog');
    expect([dialog.textContent!.includes('Gehe zu Zeile'), dialog.querySelector('[type=submit]')?.textContent, dialog.querySelector('[aria-label]')?.ariaLabel], [true, 'Los', 'Schließen']);
    press(code, 'M', 77, { shiftKey: true });
    await until(() => find(code, '.cm-panel-lint [aria-label=Probleme]'), 'the list');
    press(code, '{', 219, { shiftKey: true });
    // It is taken away again when ears have had it.
    expect(find(code, '.cm-announced')!.textContent, 'Eingeklappt: Zeilen 1 bis 2.');
    const folded = await until(() => find(code, '.cm-foldPlaceholder'), 'the fold');
    expect([folded.ariaLabel, folded.title], ['Eingeklappter Code', 'Ausklappen']);
  });

  it('are those of the page where it has its own, and ours for the rest', async () => {
    document.documentElement.lang = 'de';
    registerCodePhrases('de', { 'Go to line': 'Zeile suchen', Find: 'Finde' });
    try {
      const code = await openCode();
      await until(() => code.act((view) => view.state.phrase('go')) === 'Los', 'the German words');
      expect(code.act((view) => view.state.phrase('Go to line')), 'Zeile suchen');
      press(code, 'f', 70);
      const search = await until(() => find(code, '.cm-search [name=search]'));
      expect([search.ariaLabel, find(code, '.cm-search [name=close]')?.title], ['Finde', 'Suche schließen (Esc)']);
    } finally {
      registerCodePhrases('de', {});
    }
  });
});
