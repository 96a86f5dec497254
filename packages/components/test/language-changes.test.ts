import { english, type FapiBuilder, type FapiCode, type FapiConflict, type FapiProvider, german, type Strings } from '../src/index.ts';
import { makeResponder, until } from '../scenes/server/responder.ts';
import { contentOf, expect, find, handled, show, text } from './show.ts';

afterEach(() => {
  document.documentElement.lang = 'en';
  document.body.replaceChildren();
});

const content = (code: Element): HTMLElement => find(code, handled)!;
const press = (code: Element, key: string, keyCode: number): boolean => content(code).dispatchEvent(new KeyboardEvent('keydown', { key, keyCode, ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
async function openCode(): Promise<FapiCode> {
  const code = Object.assign(document.createElement('fapi-code'), { value: 'tide = 1\nprint(tide)\n', path: 'a.py' });
  document.body.append(code);
  await until(() => content(code));
  content(code).focus();
  return code;
}
const field = (code: Element): HTMLInputElement | null => find<HTMLInputElement>(code, '.cm-search [name=search]');

describe('a language that is another one while the page runs', () => {
  it('is that of the search in a file that is open, with its counts, and of files that were open before', async () => {
    const code = await openCode();
    press(code, 'f', 70);
    (await until(() => field(code))).value = 'tide';
    field(code)!.dispatchEvent(new Event('input', { bubbles: true }));
    const count = (): string | null | undefined => find(code, '.cm-search [role=status]')?.textContent;
    expect([field(code)!.ariaLabel, count()], ['Find', '2 matches']);
    Object.assign(code, { path: 'b.py', value: '' });
    await code.updateComplete;
    document.documentElement.lang = 'de';
    await until(() => content(code).ariaLabel === 'Code: b.py');
    Object.assign(code, { path: 'a.py', value: 'tide = 1\nprint(tide)\n' });
    await until(() => field(code)?.ariaLabel === 'Suchen' && count() === '2 Treffer', 'German in the file of before');
    document.documentElement.lang = 'en';
    await until(() => field(code)?.ariaLabel === 'Find' && count() === '2 matches', 'English in the file that is shown');
  });

  it('is heard by an element when it is said at it, at the page, or at the element that it is a part of', async () => {
    const builder = show<FapiBuilder>('fapi-builder', makeResponder());
    await until(() => builder.editor && contentOf(builder.editor));
    const status = (): string => { const found = find(builder, 'fapi-deploy-status'); return found === null ? '' : text(found); };
    const said = (words: Strings): unknown => find(builder, '[data-commands]')?.ariaLabel === words.palette && find(builder.editor!, '.save')?.title === words.saveHint && text(find(builder.editor!, 'fapi-file-tree')!).includes(words.files) && status().includes(words.notDeployedTitle);
    await until(() => said(english), 'English');
    builder.lang = 'de';
    await until(() => said(german), 'German');
    builder.removeAttribute('lang');
    await until(() => said(english), 'English again');
    document.documentElement.lang = 'de';
    await until(() => said(german), 'German with the page');
    find(builder, 'fapi-deploy-status')!.lang = 'en';
    await until(() => status().includes(english.notDeployedTitle), 'an element that speaks for itself');
  });

  it('is that of the page when an element comes back that was out while it changed', async () => {
    const tree = Object.assign(document.createElement('fapi-file-tree'), { paths: ['main.py'] });
    document.body.append(tree);
    await until(() => text(tree).includes('Files'));
    tree.remove();
    document.documentElement.lang = 'de';
    await tree.updateComplete;
    document.body.append(tree);
    await until(() => text(tree).includes('Dateien'));
  });

  it('names the panes of a conflict', async () => {
    const [base, mine, theirs] = ['', '1', '2'].map((value) => [{ path: 'main.py', content: `a = ${value}\n` }]);
    const view: FapiConflict = Object.assign(document.createElement('fapi-conflict'), { mine: mine!, conflict: { version: 2, savedAt: '2026-11-24T10:00:00.000Z', savedBy: 'Ada', base: base!, theirs: theirs! } });
    const provider = document.createElement('fapi-provider') as FapiProvider;
    provider.append(view);
    document.body.append(provider);
    const names = (): string => [...view.shadowRoot!.querySelectorAll('.cm-content')].map(({ ariaLabel }) => ariaLabel).join();
    await until(() => names() === 'Before,Theirs,Mine,Result', 'English');
    provider.locale = 'de';
    await until(() => names() === 'Vorher,Andere,Meine,Ergebnis', 'German');
  });
});
