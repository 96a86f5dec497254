/** What the language servers bring to the editor: a chunk of its own, loaded after the first line is drawn. */
export { createLanguage } from './language.ts';
export type { Language, LanguageOptions } from './language.ts';
export { referenceList } from '../../parts/reference-list.ts';
