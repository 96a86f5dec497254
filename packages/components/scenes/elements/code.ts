import { finding } from '../server/samples.ts';
import { absent } from '../scene.ts';
import type { Row, Shown } from '../scene.ts';
import { hard, hardNames } from '../states.ts';

const noData = absent('Its text is given to it, all at once: whoever gives it says what is missing.');
const value = 'import os\n\n\n@app.get("/")\ndef read(n: int = 1) -> str:  # why\n    return "text"\n';

export const code: Row = {
  states: {
    loading: { given: { value }, shows: 'textarea', isCodeHeld: true },
    empty: { given: { value: '' }, shows: '.cm-line:only-child > br:only-child' },
    partial: noData,
    error: { given: { value, findings: [finding('error'), finding('warning')] }, shows: '.cm-lintRange, .cm-lint-marker' },
    offline: absent('It asks no server: all of it goes on working.'),
    'signed-out': noData,
    'no-permission': { given: { value, readonly: true }, shows: '.cm-content[aria-readonly=true]' },
    'too-much': { given: { value: Array.from({ length: 10_000 }, (_, index) => `# ${index} ${hardNames[index % hardNames.length]} ${index % 50 === 3 ? hard.unbroken.repeat(40) : ''}`).join('\n') }, shows: '.cm-line' },
  },
  more: {
    searched: { given: { value }, shows: '.cm-search [name=replaceAll]', act: async ({ seen, press, fill }: Shown) => {
      (await seen('.cm-content[aria-autocomplete]')).dispatchEvent(new KeyboardEvent('keydown', { key: 'f', keyCode: 70, ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
      await fill('.cm-search [name=search]', 'str');
      await press('.cm-search [name=caseSensitive]');
      await press('.cm-search [name=toggle]');
    } },
    'searched by a wrong expression': { given: { value }, shows: '.cm-search .problem:not([hidden])', act: async ({ seen, press, fill }: Shown) => {
      (await seen('.cm-content[aria-autocomplete]')).dispatchEvent(new KeyboardEvent('keydown', { key: 'h', keyCode: 72, ctrlKey: true, bubbles: true, composed: true, cancelable: true }));
      await press('.cm-search [name=regexp]');
      await fill('.cm-search [name=search]', '(a');
    } },
    'with long lines on below': { given: { value: `${value}# ${hard.long.repeat(20)}\n`, wrap: true }, shows: '.cm-content.cm-lineWrapping' },
    python: { given: { value }, shows: '.cm-content' }, 'other text': { given: { value: '{"a": 1}', path: 'data.json' }, shows: '.cm-content' },
  },
};
