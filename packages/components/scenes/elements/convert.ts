import type { Conversion, Issue } from '@fapi/sdk/contract';
import type { FapiEditor } from '../../src/index.ts';
import { makeResponder } from '../server/responder.ts';
import { absent } from '../scene.ts';
import type { Row, Scene, Shown } from '../scene.ts';
import { appPath, hard } from '../states.ts';

type Proposal = Pick<Conversion, 'files' | 'kept' | 'routes'>;
const long = 'w'.repeat(300);
const files = [{ path: 'main.py', content: `app = 1\nlong = "${long}"\n` }];
const proposal: Proposal = { routes: 2, kept: [], files: [{ path: 'main.py', content: 'app = 2\n' }, { path: 'routers/__init__.py', content: '' }, { path: 'routers/items.py', content: `items = "${long}"\n` }] };
const withKept: Proposal = { ...proposal, kept: [{ name: 'y', line: 1, reason: `It uses \`app\` itself. ${'long '.repeat(40)}` }] };
const many: Proposal = {
  routes: 10_000, kept: Array.from({ length: 200 }, (_, index) => ({ name: hard.unbroken, line: index + 1, reason: `${hard.hebrew} ${hard.emoji}` })),
  files: [...proposal.files, ...Array.from({ length: 40 }, (_, index) => ({ path: `routers/${hard.unbroken.slice(0, 50)}_${index}.py`, content: `${hard.unbroken} = "${hard.hebrew}"\n`.repeat(20) }))],
};

async function convert({ seen, element }: Shown<FapiEditor>): Promise<void> {
  await seen('.cm-content');
  await element.convertToMultiFile();
}
const proposed = (answer: Promise<Proposal | Issue[]> | undefined, shows: string, act: (shown: Shown<FapiEditor>) => unknown = convert): Scene => ({ inside: 'fapi-editor', given: { autosave: 'off' }, server: () => Object.assign(makeResponder(files), { conversion: answer }), shows, act });
const refused = (status: number, code: string): Scene => proposed(undefined, '.refused .notice[part=error]', (shown) => {
  shown.server.refuse(`${appPath}/convert`, status, code);
  return convert(shown);
});

export const convertRow: Row = {
  states: {
    loading: { ...proposed(new Promise(() => undefined), '.busy'), says: 'Reading main.py' },
    empty: absent('It is opened to propose something: where there is nothing to move, it is refused and says why.'),
    partial: proposed(Promise.resolve(withKept), '.kept'),
    error: { ...refused(500, 'internal'), says: 'req-123' },
    offline: proposed(Promise.resolve(proposal), '.bar[data-status=idle]', async (shown) => {
      await convert(shown);
      await shown.seen('[data-apply]');
      shown.server.setAway(true);
    }),
    'signed-out': { ...refused(401, 'unauthorized'), says: 'Signed out' },
    'no-permission': { ...refused(403, 'forbidden'), says: 'Whoever runs the portal can change it' },
    'too-much': proposed(Promise.resolve(many), '.changes > .file'),
  },
  more: {
    'a proposal': proposed(Promise.resolve(withKept), '[data-apply]'),
    'a proposal of other files': proposed(Promise.resolve(withKept), '[data-again]', async (shown) => {
      await convert(shown);
      await shown.seen('[data-apply]');
      shown.server.saveElsewhere([...files, { path: 'more.py', content: '' }]);
      (await shown.seen('[data-again]')).focus();
    }),
    'taken once it was made anew': proposed(Promise.resolve(withKept), '.bar.converted', async (shown) => {
      await convert(shown);
      await shown.seen('[data-apply]');
      shown.server.saveElsewhere([...files, { path: 'more.py', content: '' }]);
      await shown.press('[data-again]');
      await shown.press('[data-apply]');
    }),
    refused: proposed(Promise.resolve([{ path: 'draft.main.py', line: 1, message: 'It cannot be told.' }] as Issue[]), '.refused'),
    'not to be had': proposed(undefined, '.refused'),
  },
};
