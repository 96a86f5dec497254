import type { Strings } from './strings.ts';

export const germanPeople = {
  personHere: (name) => `${name} ist auch hier`,
  peopleHere: (count) => `${count} andere sind hier`,
  peopleInFile: (names) => `Offen bei: ${names}`,
} satisfies Partial<Strings>;
