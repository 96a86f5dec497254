/** What is said where a project has no main.py. A part of `strings.ts`. */
export const entryEnglish = {
  entryGone: 'The app starts from main.py, which is missing.',
  restoreEntry: 'Restore main.py',
  makeEntry: (path: string) => `Rename ${path} to main.py`,
  addEntry: 'Add a main.py',
} as const;
