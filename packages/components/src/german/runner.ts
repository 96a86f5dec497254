import type { Spoken } from '../strings/common.ts';
import { changeSentences, changeWords } from './sentences/changes.ts';
import { conversionSentences } from './sentences/conversion.ts';
import { dotenvSentences } from './sentences/dotenv.ts';
import { failureSentences, failureWords } from './sentences/failures.ts';
import { findingSentences } from './sentences/findings.ts';
import { noticeSentences } from './sentences/notices.ts';
import { createTranslator } from './translate.ts';
import type { Sentences } from './translate.ts';

/** All that the runner and who runs it say by themselves, not Python. test/sentences.node.ts holds it against their sources: what they say anew must be here, or be named there. */
export const runnerSentences: Sentences = { ...failureSentences, ...findingSentences, ...conversionSentences, ...noticeSentences };

const says = createTranslator(runnerSentences, failureWords);
/** Found by Python, ruff or an assertion. */
const foundByOthers = /^(?:PY0(?:01|03|10)|RUF-(?!000)|TST001)/;

/** What others say is quoted as it is: an exception, but where it says nothing, or the runner speaks in its place or has raised it itself. */
function isQuoted(text: string, { code, type, class: kind, phase }: Spoken): boolean {
  if (type === undefined) return code !== undefined && foundByOthers.test(code);
  return !(text.startsWith(type) || kind === 'entrypoint' || kind === 'memory' || type === 'SystemExit' || (phase === 'startup' && type === 'RuntimeError'));
}

export const runnerSays = (text: string, of: Spoken = {}): string => (isQuoted(text, of) ? text : says(text));
export const changeSays = createTranslator(changeSentences, changeWords);
/** A variable may be called as anything is: its name stays what it is. */
export const dotenvSays = createTranslator(dotenvSentences, {});
