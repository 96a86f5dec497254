import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Strings } from '../../strings.ts';
import type { WholeDecision } from './decisions.ts';

export interface WholeChoiceOptions {
  readonly decision: WholeDecision;
  readonly strings: Strings;
  readonly onChoose: (choice: 'mine' | 'theirs') => void;
}

/** More than this of a file is not needed to know it again. */
const shownMax = 20_000;

/** One side or the other, where a file has no places: it is gone on one side, has two names, or is no text. */
export function wholeChoice({ decision: { conflict, choice }, strings, onChoose }: WholeChoiceOptions): TemplateResult {
  const { kind, mine, theirs } = conflict;
  const [what, ownWord, otherWord] = kind === 'renamed' ? [strings.bothRenamed, strings.nameIt(mine!.path), strings.nameIt(theirs!.path)]
    : kind === 'binary' ? [strings.notLines, strings.keepMyFile, strings.keepTheirFile]
    : mine ? [strings.theyRemoved, strings.keepMyFile, strings.deleteToo] : [strings.iRemoved, strings.leaveDeleted, strings.keepTheirFile];
  const whole = mine ?? theirs;
  const left = kind === 'binary' || whole?.encoding ? undefined : whole;
  return html`
    <div class="whole">
      <p>${what}</p>
      <span class="acts">
        <button type="button" data-choice="theirs" aria-pressed=${choice === 'theirs'} @click=${() => onChoose('theirs')}>${otherWord}</button>
        <button type="button" data-choice="mine" aria-pressed=${choice === 'mine'} @click=${() => onChoose('mine')}>${ownWord}</button>
      </span>
    </div>
    ${left ? html`<pre tabindex="0" dir="ltr" aria-label=${left.path}>${left.content.slice(0, shownMax)}</pre>` : nothing}`;
}
