import { python } from '@codemirror/lang-python';
import type { Extension } from '@codemirror/state';

const spoken: Readonly<Record<string, Extension>> = { python: python() };
const none: Extension = [];

/** Only Python is coloured in this version; other files are plain text. The same object for the same language. */
export function languageFor(language: string): Extension {
  return spoken[language] ?? none;
}

/** By the end of the path. */
export const languageOf = (path: string): 'python' | 'text' => (/\.pyi?$/.test(path) ? 'python' : 'text');
