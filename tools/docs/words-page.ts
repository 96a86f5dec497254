import { findingGuide } from './finding-guide.ts';
import { failureGuide, freshnessGuide, healthGuide, reasonGuide, rolloutGuide, severityGuide, statusGuide, streamGuide, triggerGuide } from './word-guide.ts';

/** `docs/words.md`: the words of an app's state, and every code of a finding. */
export function makeWordsPage(): string {
  return `# Words and codes

What the API, the command line and the builder say about an app. For what the API refuses, see [errors](errors.md).

## An app
Three facts, each from one rule. \`fapi status\` prints them, with spaces for \`_\`.

### freshness: is what would be deployed now what is live?
${table(freshnessGuide)}

### rollout: what is the newest deployment doing?
${table(rolloutGuide)}

### health: how is what is live?
${table(healthGuide)}

## A deployment
### status
The first six follow one another; [lifecycle](lifecycle.md) says what may follow what.

${table(statusGuide)}

### reason: why it ended
${table(reasonGuide)}

### trigger: what asked for it
${table(triggerGuide)}

### failure.class: how the code failed
\`failure\` has the frames of the app's own files, the last output and a hint.

${table(failureGuide)}

## A log line
It has a stream and no level: Python gives its level to nobody but the text. \`fapi logs --stream stderr\`, or \`fapi logs | grep ERROR\`.

${table(streamGuide)}

## Findings
What validation says about the files of a draft, and a test run about its tests. A code keeps its meaning. Many findings come with a fix, which the editor offers.

${table(severityGuide)}

${Object.entries(findingGuide).map(([title, rows]) => `### ${title}\n| code | severity | what was found | what to do |\n|---|---|---|---|\n${Object.entries(rows).map(([code, cells]) => `| \`${code}\` | ${cells.join(' | ')} |`).join('\n')}`).join('\n\n')}

This page is made by \`npm run docs\` from the contract's own words; tests compare it with the contract and with the runner.
`;
}

const table = (rows: Readonly<Record<string, string>>): string => `| | |\n|---|---|\n${Object.entries(rows).map(([word, text]) => `| \`${word}\` | ${text} |`).join('\n')}`;
