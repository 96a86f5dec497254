/** What is said of others who have the same app open. */
export const englishPeople = {
  personHere: (name: string) => `${name} is here too`,
  peopleHere: (count: string) => `${count} others are here`,
  peopleInFile: (names: string) => `Open at: ${names}`,
} as const;
