import type { peopleEnglish } from '../strings/people.ts';
import type { Translation } from '../strings.ts';

export const peopleGerman = {
  personHere: (name) => `${name} ist auch hier`,
  peopleHere: (count) => `${count} andere sind hier`,
  selfHere: 'Sie, in einem anderen Tab',
  selfName: 'Ihnen in einem anderen Tab',
  peopleInFile: (names) => `Auch offen bei: ${names}`,
} as const satisfies Translation<typeof peopleEnglish>;
