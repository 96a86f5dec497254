import { handsHere } from '../src/editor/hands-later.ts';
import type { FapiCode } from '../src/index.ts';
import { until } from '../scenes/server/responder.ts';
import { expect, find, handled, hear } from './show.ts';

/** In a page of its own and in this order: what a page has loaded it keeps. */
describe('fapi-code, whose editor comes later', () => {
  afterEach(() => document.body.replaceChildren());

  const open = (value: string): FapiCode => {
    const code = Object.assign(document.createElement('fapi-code'), { value });
    document.body.append(code);
    return code;
  };
  const shown = (code: Element): string => [...code.shadowRoot!.querySelectorAll('.cm-line')].map(({ textContent }) => textContent).join('\n');

  it('is a textarea, and what is typed into it is carried over with the cursor; keys are answered when the text has been drawn', async () => {
    const code = open('a = 1\nb = 2\n');
    const typed = hear<{ value: string }>(code, 'fapi-input');
    let areHandsLater = false;
    new MutationObserver(() => { areHandsLater ||= find(code, '.cm-content') !== null && !handsHere(); }).observe(code.shadowRoot!, { childList: true, subtree: true });
    await code.updateComplete;
    const area = find<HTMLTextAreaElement>(code, 'textarea')!;
    area.focus();
    area.setSelectionRange(5, 5);
    document.execCommand('insertText', false, '0');
    await until(() => find(code, handled));
    expect(areHandsLater, true);
    expect([shown(code), code.value, typed.at(-1)?.value], ['a = 10\nb = 2\n', 'a = 10\nb = 2\n', 'a = 10\nb = 2\n']);
    await until(() => code.shadowRoot!.activeElement === find(code, '.cm-content'));
    expect(code.act((view) => view.state.selection.main.head), 6);
  });

  it('has its colours and its keys with its first drawing, once another one has loaded them', async () => {
    const code = open('from os import path');
    await code.updateComplete;
    expect([find(code, 'textarea'), shown(code)], [null, 'from os import path']);
    expect(find(code, handled) !== null, true);
    const word = [...code.shadowRoot!.querySelectorAll('.cm-line span')].find(({ textContent }) => textContent === 'from')!;
    expect(getComputedStyle(word).color !== getComputedStyle(find(code, '.cm-line')!).color, true);
  });
});
