import { makeElementsPage } from './elements/elements-page.ts';
import { makeManifest } from './elements/manifest.ts';
import { makeThemingPage } from './elements/theming-page.ts';
import { makeJsxTypes, makeVueTypes } from './elements/types.ts';
import { makeErrorsPage } from './errors-page.ts';
import { makeWordsPage } from './words-page.ts';

/** What `npm run docs` writes, by file. */
export const generatedPages: Readonly<Record<string, () => string>> = {
  'docs/errors.md': makeErrorsPage,
  'docs/words.md': makeWordsPage,
  'docs/elements.md': makeElementsPage,
  'docs/theming.md': makeThemingPage,
  'packages/components/custom-elements.json': makeManifest,
  'packages/components/jsx.d.ts': makeJsxTypes,
  'packages/components/vue.d.ts': makeVueTypes,
};
