import type { peopleEnglish } from '../strings/people.ts';
import type { Translation } from '../strings.ts';

export const peopleGerman = {
  personHere: (name) => `${name} ist auch hier`,
  peopleHere: (count) => `${count} andere sind hier`,
  peopleInFile: (names) => `Offen bei: ${names}`,
} as const satisfies Translation<typeof peopleEnglish>;
