import type { englishPeople } from './strings-people.ts';

type Words = { readonly [K in keyof typeof englishPeople]: (typeof englishPeople)[K] };

export const germanPeople: Words = {
  personHere: (name) => `${name} ist auch hier`,
  peopleHere: (count) => `${count} andere sind hier`,
  peopleInFile: (names) => `Offen bei: ${names}`,
};
