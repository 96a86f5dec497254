import { python } from '@codemirror/lang-python';
import type { Extension } from '@codemirror/state';

/** Only Python is coloured in this version; other files are plain text. */
export function languageFor(language: string): Extension {
  return language === 'python' ? python() : [];
}

/** By the end of the path. */
export const languageOf = (path: string): 'python' | 'text' => (/\.pyi?$/.test(path) ? 'python' : 'text');
