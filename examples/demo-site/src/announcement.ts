import type { RuntimeFacts } from '@fapi/sdk';

/** What the level means to whoever deploys, in half a sentence. */
const reachOfLevel = ['can do whatever you can', 'cannot start programs, but can read your files', 'cannot reach files of other apps or of this machine', 'sees only its own files, network and processes'] as const;

/** What a newcomer reads in the terminal once the demo is there: where it is, what keeps an app apart from the machine, and what is missing for more. */
export function makeAnnouncement(url: string, { level, layers }: RuntimeFacts['isolation']): string {
  const missing = layers.filter((layer) => !layer.active).map(({ name, reason }) => (reason === undefined ? name : `${name} (${reason})`));
  return [
    '',
    `  fapi is running: ${url}`,
    '',
    `  Isolation ${level} of 3: an app ${reachOfLevel[level]} (SECURITY.md, "Sandbox").`,
    ...(missing.length > 0 ? [`  Not to be had here: ${missing.join(', ')}.`] : []),
    ...(level < 2 ? ['  Deploy only code that you would run yourself.'] : []),
    '  Ctrl-C ends it and every process it started.',
    '',
  ].join('\n');
}
