import { changeSentences, changeWords } from './sentences/changes.ts';
import { conversionSentences } from './sentences/conversion.ts';
import { failureSentences, failureWords } from './sentences/failures.ts';
import { findingSentences } from './sentences/findings.ts';
import { noticeSentences } from './sentences/notices.ts';
import { createTranslator } from './translate.ts';
import type { Sentences } from './translate.ts';

/** All that the runner and who runs it say by themselves, not Python. test/sentences.node.ts holds it against their sources: what they say anew must be here, or be named there. */
export const runnerSentences: Sentences = { ...failureSentences, ...findingSentences, ...conversionSentences, ...noticeSentences };

export const runnerSays = createTranslator(runnerSentences, failureWords);
export const changeSays = createTranslator(changeSentences, changeWords);
