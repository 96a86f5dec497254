import type { FailureReport, Finding, Frame } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { noEntry } from '../../findings.ts';
import { formatMegabytes, formatNumber } from '../../format.ts';
import * as icons from '../../icons-later.ts';
import { findingList } from '../../parts/finding-list.ts';
import type { Mend } from '../../parts/finding-list.ts';
import type { Strings } from '../../strings.ts';
import { foldFrames } from '../../tracebacks.ts';
import type { DraftPlaces, Place } from '../../draft-places.ts';

export interface FailureCardOptions {
  /** Our sentence: what happened, and what still serves. */
  readonly sentence: unknown;
  /** It is over: the app runs. */
  readonly isPast?: boolean;
  /** The draft that failed is another one by now. */
  readonly isEarlier?: boolean;
  readonly failure: FailureReport | undefined;
  readonly findings: readonly Finding[];
  /** Of what failed, in the draft. */
  readonly places: DraftPlaces;
  /** The number of the deployment, in the reader's figures. */
  readonly generation: string;
  readonly strings: Strings;
  readonly locale: string;
  readonly onPlace: (place: Place) => void;
  /** Asks for the value of a variable that is missing; absent where nothing can be changed. */
  readonly onVariable: ((name: string) => void) | undefined;
  /** Asks which file is to be the main.py that is missing; absent where nothing can be changed, or it is there. */
  readonly onEntry: (() => void) | undefined;
  /** Variables that were missing and are there now: they are not to be added again. */
  readonly present: ReadonlySet<string>;
  /** What brings it live now. */
  readonly again: unknown;
  /** What brings the draft back to what runs. */
  readonly wayBack: unknown;
}

/** How user code failed, in a deploy or while it was live: our sentence, CPython's words, the places in the builder's own files, what it came from, and the last output. */
export function failureCard(options: FailureCardOptions): TemplateResult {
  const { sentence, isPast = false, isEarlier = false, failure, findings, places, generation, strings, locale, onPlace, present, again, wayBack } = options;
  const hasLines = findings.length > 0 || (failure?.frames.length ?? 0) > 0;
  return html`
    <div class="failure" part=${isPast ? 'past' : 'failure'} ?data-past=${isPast} ?data-earlier=${isEarlier}>
      <p>${sentence}</p>
      ${findings.length > 0 ? findingList({ findings: findings.map((finding) => withoutHint(finding, present)), strings, locale, onJump: (finding) => onPlace({ file: finding.file, ...finding.start }), mendsOf: (finding) => mendsOf(finding, options) }) : nothing}
      ${failure && findings.length === 0 ? report(failure, options) : nothing}
      ${hasLines && !places.isSame ? html`<p class="facts secondary">${strings.linesOf(generation)}</p>` : nothing}
      ${again}
      ${wayBack}
      ${failure && failure.output.length > 0 ? html`<details ?open=${failure.frames.length === 0}><summary>${strings.lastOutput}</summary>${output(failure.output, options)}</details>` : nothing}
    </div>`;
}

/** It says how to add what is there by now. */
function withoutHint(finding: Finding, present: ReadonlySet<string>): Finding {
  const { hint: _, ...rest } = finding;
  return finding.variable !== undefined && present.has(finding.variable) ? rest : finding;
}

function mendsOf({ code, variable }: Finding, { strings, present, onVariable, onEntry }: FailureCardOptions): Mend[] {
  if (variable) return onVariable && !present.has(variable) ? [{ word: strings.addNamedVariable(variable), run: () => onVariable(variable) }] : [];
  return code === noEntry && onEntry ? [{ word: strings.mendEntry, run: onEntry }] : [];
}

function output(lines: readonly string[], { strings, locale }: FailureCardOptions): TemplateResult[] {
  return foldFrames(lines, (line) => line).map(({ isFolded, lines: run }) => {
    const words = html`<pre tabindex="0">${run.join('\n')}</pre>`;
    return isFolded ? html`<details><summary>${strings.importFrames(formatNumber(run.length, locale), run.length === 1)}</summary>${words}</details>` : words;
  });
}

function report(failure: FailureReport, options: FailureCardOptions): TemplateResult {
  const { strings, present, onVariable } = options;
  const { type, message, frames, notes = [], related = [], hint, variable } = failure;
  const facts = factsOf(failure, options);
  return html`
    <p class="message mono">${type && !message.startsWith(type) ? html`<strong>${type}:</strong> ` : nothing}${strings.runnerSays(message, failure)}${notes.map((note) => html`<span class="note">${note}</span>`)}</p>
    ${facts.length > 0 ? html`<p class="facts secondary number">${facts.join(' · ')}</p>` : nothing}
    ${frames.length > 0 ? html`<h3>${strings.frames}</h3>${frameList(frames, options)}` : nothing}
    ${related.map((one) => html`
      <h3>${{ cause: strings.causedBy, context: strings.whileHandling, part: strings.partOf }[one.relation]}</h3>
      <p class="message mono"><strong>${one.type}:</strong> ${strings.runnerSays(one.message, one)}</p>
      ${one.frames.length > 0 ? frameList(one.frames, options) : nothing}`)}
    ${hint && !(variable && present.has(variable)) ? html`<p class="hint"><strong>${strings.hint}:</strong> ${strings.runnerSays(hint)}</p>` : nothing}
    ${variable && onVariable && !present.has(variable) ? html`<p class="way-back"><button type="button" data-variable @click=${() => onVariable(variable)}>${icons.add}${strings.addNamedVariable(variable)}</button></p>` : nothing}`;
}

/** What was measured when it failed, in figures of the locale. */
function factsOf({ limitBytes, peakBytes, openFiles, threads, signal, exitCode }: FailureReport, { strings, locale }: FailureCardOptions): string[] {
  const size = (bytes: number): string => formatMegabytes(bytes, locale);
  const memory = limitBytes !== undefined && peakBytes !== undefined ? strings.memoryOfLimit(size(peakBytes), size(limitBytes))
    : limitBytes !== undefined ? strings.memoryLimit(size(limitBytes)) : peakBytes !== undefined ? strings.memoryPeak(size(peakBytes)) : undefined;
  const end = signal !== undefined ? strings.endedBy(signal) : exitCode !== undefined ? strings.exitCode(String(exitCode)) : undefined;
  return [memory, openFiles === undefined ? undefined : strings.openFileCount(formatNumber(openFiles, locale)), threads === undefined ? undefined : strings.threads(formatNumber(threads, locale)), end].filter((fact) => fact !== undefined);
}

/** Innermost first: that is where to look. */
function frameList(frames: readonly Frame[], { places, strings, onPlace }: FailureCardOptions): TemplateResult {
  return html`<ol class="frames">${frames.toReversed().map((frame) => {
    const word = strings.place(frame.file, String(frame.line));
    const place = places.find(frame);
    return html`
      <li>
        ${place ? html`<button type="button" class="link mono" title=${strings.openPlace(strings.place(place.file, String(place.line)))} @click=${() => onPlace(place)}>${word}</button>` : html`<span class="mono">${word}</span>`}
        ${frame.function ? html`<span class="secondary mono">${frame.function}</span>` : nothing}
        ${frame.source ? html`<code class="mono">${frame.source.trim()}</code>` : nothing}
      </li>`;
  })}</ol>`;
}
