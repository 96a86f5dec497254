/** What `fapi-logs` says. A part of `strings.ts`. */
export const logsEnglish = {
  noLogsTitle: 'No output yet',
  noLogsText: 'What the app prints appears here.',
  latest: 'Go to latest',
} as const;
