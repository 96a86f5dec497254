/** What `fapi-file-tree` says. A part of `strings.ts`. */
export const fileTreeEnglish = {
  renameHint: 'Rename file (F2)',
  removeHint: 'Delete file (Del)',
  removeFolderHint: 'Delete folder (Del)',
  newPath: 'Path of the new file',
  renamePath: (path: string) => `New name for ${path}`,
  pathEmpty: 'A file needs a path.',
  pathShape: 'Use letters, digits, _ . and -, with / between folders.',
  pathStart: 'Each name begins with a letter, a digit or _.',
  pathDeep: (limit: string) => `A path may have ${limit} parts at most.`,
  pathLong: (limit: string) => `A path may have ${limit} characters at most.`,
  pathTaken: 'A file with this path already exists.',
  pathTwin: (other: string) => `${other} already exists, and the names differ only in case.`,
  pathFolder: (other: string) => `A name is either a file or a folder, and ${other} already exists.`,
} as const;
