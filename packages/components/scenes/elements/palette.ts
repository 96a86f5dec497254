import type { FapiPalette } from '../../src/index.ts';
import { absent } from '../scene.ts';
import type { Row, Shown } from '../scene.ts';
import { hardNames } from '../states.ts';

const noData = absent('What there is to choose from is given to it by the page, which knows it.');
const entries = ['Save draft', 'Deploy', 'Find in project'].map((word) => ({ word, keys: 'Ctrl+S', run: () => undefined }));
const given = { entries, heading: 'Commands', placeholder: 'Type a command' };
const open = async ({ element }: Shown<FapiPalette>): Promise<void> => {
  element.show();
  await element.updateComplete;
};

export const palette: Row = {
  states: {
    loading: noData,
    empty: { given: { ...given, entries: [] }, act: open, shows: 'dialog[open] p', says: 'No matches' },
    partial: { given, shows: 'dialog[open] li', act: async (shown: Shown<FapiPalette>) => {
      await open(shown);
      await shown.fill('input', 'dep');
    } },
    error: noData,
    offline: noData,
    'signed-out': noData,
    'no-permission': noData,
    'too-much': { given: { ...given, entries: Array.from({ length: 10_000 }, (_, index) => ({ word: `${hardNames[index % hardNames.length]} ${index}`, run: () => undefined })) }, act: open, shows: 'dialog[open] li' },
  },
  more: { open: { given, act: open, shows: 'dialog[open] li' } },
};
