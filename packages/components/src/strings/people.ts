/** What is said of others who have the same app open. A part of `strings.ts`. */
export const peopleEnglish = {
  personHere: (name: string) => `${name} is here too`,
  peopleHere: (count: string) => `${count} others are here`,
  selfHere: 'You, in another tab',
  selfName: 'you in another tab',
  peopleInFile: (names: string) => `Also open for: ${names}`,
} as const;
