import type { AppFile } from '@fapi/sdk/contract';
import type { FapiEditor } from '../../src/index.ts';
import { makeResponder, until } from '../server/responder.ts';
import { at } from '../server/samples.ts';
import { absent } from '../scene.ts';
import type { Row, Scene, Shown } from '../scene.ts';
import { pasteCode } from './editor.ts';
import { hard } from '../states.ts';

const base = 'import os\n\nname = "a"\nport = 1\n\nend = 1\n';
const files = (main: string, cut: string): AppFile[] => [{ path: 'cut.py', content: cut }, { path: 'main.py', content: main }, { path: 'routers/items.py', content: cut }];
const given = { autosave: 'off' };

/** Two versions in an editor, and the view that makes one of them; then what `act` does there. */
async function resolve({ seen, find, press, server, element }: Shown<FapiEditor>): Promise<void> {
  await seen('.cm-content');
  // Where there is room for one pane only, it is not seen.
  find('fapi-file-tree')!.dispatchEvent(new CustomEvent('file-act', { detail: { act: 'remove', path: 'cut.py' } }));
  await pasteCode({ seen }, base.replace('"a"', '"mine"').replace('end = 1', 'end = "mine"'));
  await until(() => element.isDirty);
  server.saveElsewhere([{ path: 'cut.py', content: 'c = 2\n' }, { path: 'main.py', content: base.replace('"a"', '"theirs"').replace('end = 1\n', '') }, { path: 'routers/items.py', content: 'i = 1\n' }]);
  await press('[data-resolve]');
  await seen('fapi-conflict .whole, .whole');
}
const decide = async (shown: Shown<FapiEditor>, ...choices: string[]): Promise<void> => {
  await resolve(shown);
  for (const choice of choices) {
    await shown.press(`[data-choice=${choice}]`);
    await shown.seen('[data-pane=result] .cm-content');
  }
};
const inEditor = (shows: string, act: (shown: Shown<FapiEditor>) => unknown): Scene => ({ inside: 'fapi-editor', given, server: () => makeResponder(files(base, 'c = 1\n')), shows, act });
const ofEditor = absent('It stands in an editor, which says so before there is a conflict.');

export const conflict: Row = {
  states: {
    loading: absent('It has both versions when it is drawn; its code alone comes later, and the choice of a side is there meanwhile.'),
    empty: { given: { conflict: { version: 2, savedAt: at, savedBy: 'somebody else', base: [], theirs: [] }, mine: [] }, shows: 'header', says: 'Everything is decided' },
    partial: inEditor('[data-pane=result] .cm-content', (shown) => decide(shown, 'theirs')),
    error: absent('What was decided is sent by the editor, which says what went wrong above it.'),
    offline: inEditor('.bar', async (shown) => {
      await resolve(shown);
      shown.server.setAway(true);
    }),
    'signed-out': ofEditor,
    'no-permission': ofEditor,
    'too-much': {
      given: { conflict: { version: 2, savedAt: at, savedBy: hard.hebrew, base: [], theirs: Array.from({ length: 400 }, (_, index) => ({ path: `${hard.unbroken.slice(0, 50)}_${index}.py`, content: `${hard.unbroken.repeat(20)} = "${hard.emoji}"\n` })) }, mine: Array.from({ length: 400 }, (_, index) => ({ path: `${hard.unbroken.slice(0, 50)}_${index}.py`, content: `${hard.hebrew.repeat(9)}\n` })) },
      shows: '[data-pane=result]',
    },
  },
  more: {
    'by place and by file': inEditor('.whole', resolve),
    'mine is taken': inEditor('[data-pane=result] .cm-content', (shown) => decide(shown, 'theirs', 'mine')),
    'both are taken': inEditor('[data-finish]:not([aria-disabled])', (shown) => decide(shown, 'theirs', 'mine', 'both')),
    'put off': inEditor('[data-resolve]', async (shown) => {
      await decide(shown, 'theirs', 'mine', 'both');
      await shown.press('[data-later]');
    }),
    merged: inEditor('.bar.merged', async (shown) => {
      await decide(shown, 'theirs', 'mine', 'both');
      await shown.press('[data-finish]:not([aria-disabled])');
    }),
  },
};
