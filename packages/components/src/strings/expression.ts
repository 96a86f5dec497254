/** What is said of a regular expression that is none. A part of `strings.ts`. */
export const expressionEnglish = {
  expressionInvalid: 'Invalid regular expression',
  expressionWrong: (why: string) => `Invalid regular expression: ${why}`,
  expressionUnclosed: (part: string) => `“${part}” is never closed`,
  expressionUnopened: (part: string) => `“${part}” closes nothing`,
  expressionNothing: (part: string) => `“${part}” has nothing to repeat`,
  expressionOrder: (part: string) => `“${part}” is in the wrong order`,
  expressionUnknown: (part: string) => `“${part}” means nothing`,
  expressionLone: (part: string) => `“${part}” needs a “\\” before it`,
  expressionEnd: (part: string) => `it ends with a single “${part}”`,
} as const;
