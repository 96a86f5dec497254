import type { FapiCode } from '../src/index.ts';
import { until } from '../scenes/server/responder.ts';
import { expect, find, handled, hasNoViolations } from './show.ts';

/** The search inside of one file. */
describe('the search in a file', () => {
  afterEach(() => {
    document.documentElement.lang = 'en';
    document.body.replaceChildren();
  });

  const content = (code: Element): HTMLElement => find(code, handled)!;
  const press = (target: EventTarget, key: string, keyCode: number, init: KeyboardEventInit = {}): boolean => target.dispatchEvent(new KeyboardEvent('keydown', { key, keyCode, bubbles: true, composed: true, cancelable: true, ...init }));
  async function open(value: string, change: Partial<FapiCode> = {}): Promise<FapiCode> {
    const code = Object.assign(document.createElement('fapi-code'), { value, ...change });
    document.body.append(code);
    await until(() => content(code));
    content(code).focus();
    return code;
  }
  const named = <T extends HTMLElement = HTMLElement>(code: Element, name: string): T => find<T>(code, `.cm-search [name=${name}]`)!;
  const type = (code: Element, name: string, value: string): void => {
    Object.assign(named(code, name), { value });
    named(code, name).dispatchEvent(new Event('input', { bubbles: true }));
  };
  const problem = (code: Element): string | undefined => find(code, '.cm-search .problem:not([hidden])')?.textContent ?? undefined;
  /** With both lines of it, looking for an expression. */
  async function openExpression(value: string): Promise<FapiCode> {
    const code = await open(value);
    press(content(code), 'h', 72, { ctrlKey: true });
    await until(() => named(code, 'replace'), 'the field for what replaces');
    named(code, 'regexp').click();
    return code;
  }

  it('says what is wrong with an expression, where nothing moves for it, and does nothing by it', async () => {
    const code = await openExpression('a(1)\n');
    type(code, 'search', 'a');
    const places = (): number[] => [...code.shadowRoot!.querySelectorAll('.cm-search button, .cm-search input, .cm-line')].flatMap((one) => [one.getBoundingClientRect().left, one.getBoundingClientRect().top]);
    const before = places();
    const acts = (): boolean[] => ['prev', 'next', 'select', 'replaceOne', 'replaceAll'].map((name) => named<HTMLButtonElement>(code, name).disabled);
    expect([acts(), problem(code)], [[false, false, false, false, false], undefined]);
    type(code, 'search', 'a(');
    expect(problem(code), 'Invalid regular expression: “(” is never closed');
    expect(acts(), [true, true, true, true, true]);
    expect(places(), before);
    const field = named(code, 'search');
    const said = find(code, `#${field.getAttribute('aria-describedby')!}`)!;
    expect([field.ariaInvalid, said.role, said.textContent], ['true', 'alert', problem(code)]);
    await hasNoViolations(code);
    type(code, 'search', 'a\\(');
    expect([acts(), problem(code), field.ariaInvalid, field.getAttribute('aria-describedby')], [[false, false, false, false, false], undefined, null, null]);
  });

  it('names the fault of an expression by its part', async () => {
    const code = await openExpression('a(1)\n');
    const faults = {
      '(a': '“(” is never closed', 'a)': '“)” closes nothing', '[a': '“[” is never closed', '*a': '“*” has nothing to repeat', 'a**': '“*” has nothing to repeat', '(?=a)+': '“+” has nothing to repeat', 'a{2,1}': '“{2,1}” is in the wrong order',
      '[z-a]': '“[z-a]” is in the wrong order', 'a\\y': '“\\y” means nothing', '(?a)': '“(?a” means nothing', '[\\y]': '“[\\y]” means nothing', '{id}': '“{” needs a “\\” before it', 'a]': '“]” needs a “\\” before it', 'a\\': 'it ends with a single “\\”',
    };
    for (const [expression, why] of Object.entries(faults)) {
      type(code, 'search', expression);
      expect([expression, problem(code)], [expression, `Invalid regular expression: ${why}`]);
    }
    type(code, 'search', '\\k<name>(?<other>)');
    expect(problem(code), 'Invalid regular expression');
    for (const expression of ['a+?|(?:b{1,2}?)*', '[^\\]a-z-]\\[\\d{3}$', '(?<!x)(?<name>a)\\k<name>\\1\\b', '\\p{L}\\u{1f600}\\x41😀', 'a{1}']) {
      type(code, 'search', expression);
      expect([expression, problem(code)], [expression, undefined]);
    }
  });

  it('names it in German where the page is', async () => {
    document.documentElement.lang = 'de';
    const code = await openExpression('a(1)\n');
    type(code, 'search', '(a');
    expect(problem(code), 'Ungültiger regulärer Ausdruck: „(“ wird nicht geschlossen');
  });

  it('replaces from Ctrl+H on: what is selected is looked for, and what it becomes is typed next', async () => {
    const code = await open('tide = 1\nprint(tide)\n');
    expect(press(content(code), 'h', 72, { ctrlKey: true }), false);
    await until(() => named(code, 'replace'), 'the field for what replaces');
    expect(code.shadowRoot!.activeElement === named(code, 'search'), true);
    press(named(code, 'search'), 'Escape', 27);
    await until(() => !find(code, '.cm-search'), 'no panel');
    code.act((view) => view.dispatch({ selection: { anchor: 0, head: 4 } }));
    press(content(code), 'h', 72, { ctrlKey: true });
    const field = await until(() => named<HTMLInputElement>(code, 'replace'), 'the field for what replaces');
    expect([named<HTMLInputElement>(code, 'search').value, code.shadowRoot!.activeElement === field], ['tide', true]);
    named(code, 'search').focus();
    press(named(code, 'search'), 'h', 72, { ctrlKey: true });
    expect(code.shadowRoot!.activeElement === field, true);
  });

  it('replaces nothing that may only be read, and takes the key all the same', async () => {
    const code = await open('tide = 1\n', { readonly: true });
    expect(press(content(code), 'h', 72, { ctrlKey: true }), false);
    await until(() => named(code, 'search'), 'the panel');
    expect(named(code, 'replace'), null);
  });
});
