import type { changesEnglish } from '../strings/changes.ts';
import type { Translation } from '../strings.ts';

export const changesGerman = {
  changeAdded: 'neu',
  changeRemoved: 'entfernt',
  changeChanged: 'geändert',
  changeMoved: 'verschoben',
  diffTooLarge: 'Zu groß, um hier gezeigt zu werden, oder kein Text.',
} as const satisfies Translation<typeof changesEnglish>;
