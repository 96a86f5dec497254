/** What is said of the imports of a file that was moved. A part of `strings.ts`. */
export const importsEnglish = {
  importsStale: (count: string, isOne: boolean) => `${count} ${isOne ? 'file still imports' : 'files still import'} it by its old name. These lines would change to:`,
  updateImports: 'Update imports',
  importsUpdated: (count: string, isOne: boolean) => `The imports in ${count} ${isOne ? 'file were' : 'files were'} updated.`,
} as const;
