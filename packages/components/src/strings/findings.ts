/** What is said of the findings of a check. A part of `strings.ts`. */
export const findingEnglish = {
  moreProblems: (count: string) => `and ${count} more`,
  severityError: 'Error',
  severityWarning: 'Warning',
  severityInfo: 'Information',
  severityHint: 'Hint',
  project: 'The project',
  fixHint: 'Fix (Ctrl+.)',
  place: (file: string, line: string) => `${file}:${line}`,
  openPlace: (place: string) => `Go to ${place}`,
  mendEntry: 'Choose a main.py',
  addNamedVariable: (name: string) => `Add ${name} in the settings`,
} as const;
