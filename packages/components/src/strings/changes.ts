/** What became of a file, wherever two versions are compared. A part of `strings.ts`. */
export const changesEnglish = {
  changeAdded: 'added',
  changeRemoved: 'removed',
  changeChanged: 'changed',
  changeMoved: 'moved',
  diffTooLarge: 'Too large to show here, or not text.',
} as const;
