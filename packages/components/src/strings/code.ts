/** What `fapi-code` alone says. A part of `strings.ts`. */
export const codeEnglish = {
  plainCode: 'The editor cannot be loaded: this is a plain field. Reload the page to try again.',
} as const;
