import type { AppFile } from '@fapi/sdk/contract';
import { until } from '../server/responder.ts';
import { absent } from '../scene.ts';
import type { Row, Scene, Shown } from '../scene.ts';
import { hard } from '../states.ts';

const files: AppFile[] = [{ path: 'main.py', content: `import items\nvery_long_${'w'.repeat(300)} = items\n` }, { path: 'routers/items.py', content: 'items = {}\n' }];
const many: AppFile[] = Array.from({ length: 1_000 }, (_, index) => ({ path: `${hard.unbroken.slice(0, 50)}_${index}.py`, content: `items = "${hard.unbroken}${hard.hebrew}${hard.emoji}"\n`.repeat(20) }));
const ofEditor = absent('It searches the files that fapi-editor has, which says so before there are any.');
const search = (text: string, shows: string, of = files): Scene => ({ given: { files: of }, shows, act: ({ fill }: Shown) => fill('input[name=text]', text) });
async function replace({ fill, press, seen }: Shown): Promise<void> {
  await fill('input[name=text]', 'items');
  await seen('mark');
  await press('[data-replace-toggle]');
  await fill('input[name=replacement]', 'things');
  await seen('ins');
}

export const find: Row = {
  states: {
    loading: ofEditor,
    empty: { given: { files }, shows: '.hint', says: 'Type what to look for in all files.' },
    partial: search('nowhere', '.count', files),
    error: {
      given: { files }, shows: '[role=alert]',
      act: async ({ press, fill }: Shown) => {
        await press('[data-flag=isRegExp]');
        await fill('input[name=text]', '(');
      },
    },
    offline: absent('It asks no server: all of it goes on working.'),
    'signed-out': ofEditor,
    'no-permission': { given: { files, readonly: true }, shows: '.root:not(:has([data-replace-toggle])) mark', act: ({ fill }: Shown) => fill('input[name=text]', 'items') },
    'too-much': search('items', '.more', many),
  },
  more: {
    found: search('items', 'mark'),
    'a replacement is previewed': { given: { files }, shows: 'ins', act: replace },
    replaced: {
      given: { files }, shows: '.replaced',
      act: async (shown: Shown) => {
        shown.element.addEventListener('find-replace', ((event: CustomEvent<AppFile>) => {
          const held = shown.element as HTMLElement & { files: AppFile[] };
          held.files = held.files.map((file) => (file.path === event.detail.path ? event.detail : file));
        }) as EventListener);
        await replace(shown);
        await shown.press('[data-replace-all]');
        (await shown.seen<HTMLDetailsElement>('.replaced')).open = true;
        await until(() => !shown.find('[data-old], mark'), 'the next search');
      },
    },
  },
};
