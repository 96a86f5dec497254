import type { FapiCode } from '../src/index.ts';
import { until } from '../scenes/server/responder.ts';
import { expect, find, handled, hasNoViolations, hear } from './show.ts';

/** `fapi-code` alone on a page: no provider, no client, no network. */
describe('fapi-code', () => {
  afterEach(() => document.body.replaceChildren());

  const make = (change: Partial<FapiCode> = {}): FapiCode => Object.assign(document.createElement('fapi-code'), change);
  const content = (code: Element): HTMLElement => find(code, handled)!;
  const shown = (code: Element): string => [...code.shadowRoot!.querySelectorAll('.cm-line')].map(({ textContent }) => textContent).join('\n');
  async function open(change: Partial<FapiCode> = {}, parent: ParentNode = document.body): Promise<FapiCode> {
    const code = make(change);
    parent.append(code);
    await until(() => content(code));
    return code;
  }
  const press = (code: FapiCode, key: string, init: KeyboardEventInit = {}): boolean => content(code).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, composed: true, cancelable: true, ...init }));
  const control = (code: FapiCode, key: string, keyCode: number, init: KeyboardEventInit = {}): boolean => press(code, key, { ctrlKey: true, keyCode, ...init });
  /** As a person: where the cursor is. */
  async function type(code: FapiCode, text: string): Promise<void> {
    const wanted = code.value.length + text.length;
    code.focus();
    document.execCommand('insertText', false, text);
    await until(() => code.value.length >= wanted, `${text} typed`);
  }
  const cursor = (code: FapiCode): number => code.act((view) => view.state.selection.main.head)!;
  const place = (code: FapiCode, at: number): void => code.act((view) => view.dispatch({ selection: { anchor: at } }));

  it('takes long lines on below where it is told to, in each file, and scrolls them aside where not', async () => {
    const code = await open({ value: 'x '.repeat(2_000), path: 'a.py' });
    const isWide = (): boolean => find(code, '.cm-scroller')!.scrollWidth > code.clientWidth + 100;
    await until(isWide, 'one line');
    code.setAttribute('wrap', '');
    await until(() => !isWide(), 'many lines');
    [code.path, code.value] = ['b.py', 'y '.repeat(2_000)];
    await code.updateComplete;
    await until(() => shown(code).startsWith('y') && !isWide(), 'another file');
    code.wrap = false;
    await until(isWide, 'one line of the other file');
    [code.path, code.value] = ['a.py', 'x '.repeat(2_000)];
    await until(() => shown(code).startsWith('x') && isWide(), 'one line again');
  });

  describe('in a form', () => {
    const form = (html: string): HTMLFormElement => {
      const made = document.createElement('form');
      made.innerHTML = html;
      document.body.append(made);
      return made;
    };
    const sent = (of: HTMLFormElement): [string, FormDataEntryValue][] => [...new FormData(of)];

    it('is a field of it: its text is sent under its name, as it was given and as it is typed', async () => {
      const of = form('<fapi-code name="source"></fapi-code>');
      const code = of.querySelector('fapi-code')!;
      await code.updateComplete;
      expect(sent(of), [['source', '']]);
      code.value = 'x = 1';
      await code.updateComplete;
      expect(sent(of), [['source', 'x = 1']]);
      await until(() => content(code));
      place(code, 5);
      await type(code, '0');
      await code.updateComplete;
      expect(sent(of), [['source', 'x = 10']]);
    });

    it('is named and focused by its label', async () => {
      const of = form('<label for="source">Source of the hook</label><fapi-code id="source"></fapi-code>');
      const code = of.querySelector('fapi-code')!;
      await until(() => content(code));
      of.querySelector('label')!.click();
      await until(() => code.shadowRoot!.activeElement === content(code));
      expect(content(code).getAttribute('aria-label'), 'Source of the hook');
    });

    it('is empty again after a reset, which can be undone', async () => {
      const of = form('<fapi-code name="source"></fapi-code>');
      const code = of.querySelector('fapi-code')!;
      await until(() => content(code));
      await type(code, 'kept = 1');
      of.reset();
      await until(() => shown(code) === '');
      expect([code.value, sent(of)], ['', [['source', '']]]);
      control(code, 'z', 90);
      await until(() => code.value === 'kept = 1');
    });

    it('is neither edited nor sent while a fieldset around it is disabled', async () => {
      const of = form('<fieldset disabled><fapi-code name="source"></fapi-code></fieldset>');
      const code = of.querySelector('fapi-code')!;
      await until(() => content(code));
      expect([content(code).isContentEditable, sent(of)], [false, []]);
      of.querySelector('fieldset')!.disabled = false;
      await until(() => content(code).isContentEditable);
      expect(code.readonly, false);
    });
  });

  describe('a text from outside', () => {
    it('changes what differs only: the cursor stays, and one step takes it back', async () => {
      const code = await open({ value: 'one\ntwo\nthree\n' });
      place(code, 9);
      const typed = hear(code, 'fapi-input');
      code.value = 'zero\none\ntwo\nthree\nfour\n';
      await until(() => shown(code).startsWith('zero'));
      expect([cursor(code), typed.length], [14, 0]);
      control(code, 'z', 90);
      await until(() => code.value === 'one\ntwo\nthree\n');
    });

    it('is shown with one kind of ends of lines', async () => {
      const code = await open({ value: 'a\r\nb\rc' });
      expect(shown(code), 'a\nb\nc');
    });
  });

  describe('files', () => {
    const show = async (code: FapiCode, path: string, value: string): Promise<void> => {
      Object.assign(code, { path, value });
      await code.updateComplete;
    };

    it('keep a history and a cursor each', async () => {
      const code = await open({ path: 'a.py', value: 'a' });
      place(code, 1);
      await type(code, '1');
      await show(code, 'b.py', 'b');
      control(code, 'z', 90);
      expect(shown(code), 'b');
      await show(code, 'a.py', 'a1');
      expect(cursor(code), 2);
      control(code, 'z', 90);
      await until(() => shown(code) === 'a');
    });

    it('keep them under another name, and lose them when they are gone', async () => {
      const code = await open({ path: 'a.py', value: 'a' });
      place(code, 1);
      await type(code, '1');
      code.rename('a.py', 'c.py');
      await show(code, 'c.py', 'a1');
      control(code, 'z', 90);
      await until(() => shown(code) === 'a');
      await show(code, 'b.py', 'b');
      code.forget('c.py');
      await show(code, 'c.py', 'a1');
      control(code, 'z', 90);
      expect(shown(code), 'a1');
    });
  });

  describe('out of the page for a while', () => {
    const long = Array.from({ length: 200 }, (_, index) => `line_${index} = ${index}`).join('\n');
    /** Until nothing more happens because of it. */
    const away = async (code: FapiCode): Promise<void> => {
      code.remove();
      await code.updateComplete;
      await until(() => !find(code, '.cm-editor'), 'no editor any more');
    };
    const back = async (code: FapiCode): Promise<void> => {
      document.body.append(code);
      await until(() => content(code), 'the editor again');
    };
    const top = (code: FapiCode): string | undefined => {
      const { top: edge } = find(code, '.cm-scroller')!.getBoundingClientRect();
      return [...code.shadowRoot!.querySelectorAll('.cm-line')].find((line) => line.getBoundingClientRect().bottom > edge + 2)?.textContent ?? undefined;
    };

    /** Its height is another one first. */
    const scroll = (code: FapiCode) => until(() => {
      find(code, '.cm-scroller')!.scrollTop = 900;
      return top(code)?.startsWith('line_4');
    }, 'scrolled');

    /** The lines around have the heights that they are drawn in, and not those that were expected. */
    const drawn = (code: FapiCode) => new Promise<void>((resolve) => code.act((view) => view.requestMeasure({ read: () => undefined, write: () => resolve() })));

    it('goes on with the history, the cursor and the place of each file', async () => {
      const code = await open({ path: 'a.py', value: 'a' });
      code.style.height = '300px';
      place(code, 1);
      await type(code, '1');
      Object.assign(code, { path: 'b.py', value: long });
      await code.updateComplete;
      place(code, 4);
      await type(code, 'x');
      await scroll(code);
      const seen = top(code);
      await away(code);
      await back(code);
      await until(() => top(code) === seen, `${seen} on top again`);
      expect([cursor(code), code.value.startsWith('linex_0')], [5, true]);
      await type(code, 'y');
      const heard = hear(code, 'fapi-input');
      control(code, 'z', 90);
      control(code, 'z', 90);
      await until(() => code.value === long);
      expect(heard.length > 0, true);
      Object.assign(code, { path: 'a.py', value: 'a1' });
      await code.updateComplete;
      expect(cursor(code), 2);
      control(code, 'z', 90);
      await until(() => code.value === 'a');
    });

    it('takes what has become of its file meanwhile, and forgets and renames others', async () => {
      const code = await open({ path: 'a.py', value: 'a' });
      place(code, 1);
      await type(code, '1');
      Object.assign(code, { path: 'b.py', value: 'b' });
      await code.updateComplete;
      place(code, 1);
      await type(code, '2');
      await away(code);
      code.rename('a.py', 'c.py');
      code.forget('b.py');
      code.value = '# b2';
      await back(code);
      await until(() => shown(code) === '# b2');
      control(code, 'z', 90);
      expect(shown(code), '# b2');
      Object.assign(code, { path: 'c.py', value: 'a1' });
      await code.updateComplete;
      control(code, 'z', 90);
      await until(() => code.value === 'a');
    });

    it('shows no finding that is none any more', async () => {
      const code = await open({ path: 'a.py', value: 'a', findings: [{ code: 'X1', severity: 'error', source: 'syntax', file: 'a.py', start: { line: 1, column: 1 }, end: { line: 1, column: 2 }, message: 'is odd' }] });
      await until(() => find(code, '.cm-lintRange-error'));
      await away(code);
      code.findings = [];
      await back(code);
      await until(() => !find(code, '.cm-lintRange-error'));
    });

    // WebKit puts a moved editor at its beginning, whatever it is told.
    const isWebKit = /AppleWebKit/.test(navigator.userAgent) && !/Chrom/.test(navigator.userAgent);
    (isWebKit ? it.skip : it)('stays where it was scrolled to when it is moved', async () => {
      const code = await open({ path: 'a.py', value: long });
      code.style.height = '300px';
      await scroll(code);
      await drawn(code);
      const seen = top(code);
      const elsewhere = document.createElement('main');
      document.body.append(elsewhere);
      elsewhere.append(code);
      await until(() => top(code) === seen, `${seen} on top again`);
    });
  });

  it('has several cursors: the next place of what is selected, and text at each', async () => {
    const code = await open({ value: 'tide = 1\nprint(tide)\n' });
    content(code).focus();
    code.act((view) => view.dispatch({ selection: { anchor: 0, head: 4 } }));
    control(code, 'd', 68);
    expect(code.act((view) => view.state.selection.ranges.length), 2);
    document.execCommand('insertText', false, 'level');
    await until(() => code.value === 'level = 1\nprint(level)\n');
    control(code, 'z', 90);
    await until(() => code.value === 'tide = 1\nprint(tide)\n');
    press(code, 'Escape', { keyCode: 27 });
    expect(code.act((view) => view.state.selection.ranges.length), 1);
  });

  it('is searched in its own panel, by keys, with targets that can be hit, and gives the focus back', async () => {
    const code = await open({ value: 'tide = 1\nprint(tide)\n' });
    content(code).focus();
    control(code, 'f', 70);
    const panel = await until(() => find(code, '.cm-search'));
    const field = panel.querySelector<HTMLInputElement>('[main-field]')!;
    expect(code.shadowRoot!.activeElement === field, true);
    panel.querySelector<HTMLElement>('[name=toggle]')!.click();
    for (const target of panel.querySelectorAll<HTMLElement>('button, input')) {
      const { width, height } = target.getBoundingClientRect();
      expect([target.getAttribute('name'), width >= 24 && height >= 24], [target.getAttribute('name'), true]);
    }
    expect([...panel.querySelectorAll<HTMLInputElement>('input')].every((input) => (input.getAttribute('aria-label') ?? input.closest('label')?.textContent ?? '') !== ''), true);
    field.value = 'tide';
    field.dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => code.shadowRoot!.querySelectorAll('.cm-searchMatch').length === 2);
    const count = (): string | undefined => panel.querySelector('[role=status]')?.textContent;
    expect(count(), '2 matches');
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', keyCode: 13, bubbles: true, composed: true, cancelable: true }));
    expect(count(), '1 of 2');
    await hasNoViolations(code);
    field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', keyCode: 27, bubbles: true, composed: true, cancelable: true }));
    await until(() => !find(code, '.cm-search'));
    expect(code.shadowRoot!.activeElement === content(code), true);
  });

  it('replaces what was found, and says it in German where the page is', async () => {
    document.documentElement.lang = 'de';
    try {
      const code = await open({ value: 'tide = 1\nprint(tide)\n' });
      content(code).focus();
      control(code, 'f', 70);
      const panel = await until(() => find(code, '.cm-search'));
      const named = (name: string): HTMLElement => panel.querySelector<HTMLElement>(`[name=${name}]`)!;
      const type = (name: string, value: string): void => {
        Object.assign(named(name), { value });
        named(name).dispatchEvent(new Event('input', { bubbles: true }));
      };
      expect([named('search').ariaLabel, named('close').title], ['Suchen', 'Suche schließen (Esc)']);
      type('search', 'TIDE');
      expect(panel.querySelector('[role=status]')?.textContent, '2 Treffer');
      named('caseSensitive').click();
      expect([named('caseSensitive').ariaPressed, panel.querySelector('[role=status]')?.textContent], ['true', 'Nichts gefunden']);
      type('search', 'tide');
      named('toggle').click();
      type('replace', 'level');
      named('replaceAll').click();
      await until(() => code.value === 'level = 1\nprint(level)\n');
      const said = (): string | null | undefined => panel.querySelector('[role=status]')?.textContent;
      await until(() => said() === '2 ersetzt', 'how many were replaced');
      type('search', 'tide');
      type('search', 'tides');
      expect(said(), 'Nichts gefunden');
    } finally { document.documentElement.lang = 'en'; }
  });

  it('replaces nothing by an expression that is wrong, and says how much was replaced until somebody looks for the next place', async () => {
    // The f of the ligature is a place, and no letter that could be replaced.
    const code = await open({ value: 'f = 1  # \ufb01x\n' });
    content(code).focus();
    control(code, 'f', 70);
    const panel = await until(() => find(code, '.cm-search'));
    const named = (name: string): HTMLElement => panel.querySelector<HTMLElement>(`[name=${name}]`)!;
    const type = (name: string, value: string): void => {
      Object.assign(named(name), { value });
      named(name).dispatchEvent(new Event('input', { bubbles: true }));
    };
    const said = (): string | null | undefined => panel.querySelector('[role=status]')?.textContent;
    named('toggle').click();
    named('regexp').click();
    type('search', '(');
    type('replace', 'ff');
    named('replaceAll').click();
    expect(code.value, 'f = 1  # \ufb01x\n');
    named('regexp').click();
    type('search', 'f');
    named('replaceAll').click();
    await until(() => code.value === 'ff = 1  # \ufb01x\n');
    await until(() => said() === '1 replaced', 'how many were replaced');
    named('next').click();
    await until(() => said()?.includes(' of '), 'which of them is chosen');
  });

  it('keeps its look, its text and its history in another shadow root', async () => {
    const code = await open({ value: 'a = 1\n' });
    const gutter = (): string => getComputedStyle(find(code, '.cm-gutters')!).display;
    const before = [gutter(), getComputedStyle(content(code)).paddingTop];
    await type(code, '# ');
    const host = document.createElement('div');
    document.body.append(host);
    host.attachShadow({ mode: 'open' }).append(code);
    await code.updateComplete;
    expect([gutter(), getComputedStyle(content(code)).paddingTop], before);
    expect(shown(code), '# a = 1\n');
    await type(code, 'x');
    control(code, 'z', 90);
    await until(() => !shown(code).includes('x'));
  });

  it('that is read only is read, and Tab moves on', async () => {
    const code = await open({ value: 'a = 1\n', readonly: true });
    content(code).focus();
    document.execCommand('insertText', false, 'x');
    // Not taken: the browser may move on.
    expect([press(code, 'Tab', { keyCode: 9 }), content(code).getAttribute('aria-readonly'), shown(code)], [true, 'true', 'a = 1\n']);
  });

  it('indents by Tab until Escape was pressed, which says so, and again after the next letter', async () => {
    const code = await open({ value: 'a = 1\n' });
    content(code).focus();
    const hint = (): string => find(code, '.tab-hint')!.textContent!;
    expect([press(code, 'Tab', { keyCode: 9 }), hint()], [false, '']);
    press(code, 'Escape', { keyCode: 27 });
    await until(() => hint() !== '');
    expect([press(code, 'Tab', { keyCode: 9 }), find(code, '.tab-hint')!.getAttribute('role')], [true, 'status']);
    press(code, 'x', { keyCode: 88 });
    await until(() => hint() === '');
    expect(press(code, 'Tab', { keyCode: 9 }), false);
  });

  it('lets no letter out to the hotkeys of the page, and every shortcut', async () => {
    const code = await open();
    const heard: string[] = [];
    const listen = ({ key }: KeyboardEvent): void => void heard.push(key);
    document.addEventListener('keydown', listen);
    for (const key of ['g', '/', '?', 'Enter']) press(code, key);
    press(code, 'k', { metaKey: true });
    press(code, 'F6');
    document.removeEventListener('keydown', listen);
    expect(heard, ['k', 'F6']);
  });
});
