/** What is said while an app in one file becomes several. A part of `strings.ts`. */
export const convertEnglish = {
  convertTitle: 'Convert to multiple files',
  converting: 'Reading main.py, then importing the app as it is and as it would be',
  convertSummary: (routes: string, isOne: boolean, files: string, isOneFile: boolean) => `Moves ${routes} ${isOne ? 'route' : 'routes'} into ${files} new ${isOneFile ? 'file' : 'files'}.`,
  convertProved: 'The API stays the same: both versions were imported and compared.',
  convertApply: 'Convert',
  convertAgain: 'Convert again',
  convertCancel: 'Cancel',
  convertClose: 'Close',
  convertCloseHint: 'Close without changing anything (Esc)',
  convertChanged: 'The files have changed since, so this is out of date.',
  convertKept: 'Stays in main.py',
  convertFilesList: 'Files that change',
  convertRefusedTitle: 'This app cannot be converted',
  convertRefusedText: 'Nothing was changed. What is in the way:',
  convertReasons: 'Reasons',
} as const;
