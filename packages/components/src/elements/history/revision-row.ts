import type { Revision } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { StatusWord } from '../../app-status.ts';
import { formatDuration, formatNumber } from '../../format.ts';
import * as icons from '../../icons-later.ts';
import { cloneForm } from '../../parts/clone-form.ts';
import type { CloneWish } from '../../parts/clone-form.ts';
import { ago } from '../../parts/since.ts';
import { statusPill } from '../../parts/status-pill.ts';
import type { Strings } from '../../strings.ts';

export interface RevisionRowOptions {
  readonly revision: Revision;
  readonly strings: Strings;
  readonly locale: string;
  readonly now: number;
  /** Does it ask whether to revert to it? */
  readonly isAsked: boolean;
  /** Does it ask how to clone it? */
  readonly isCloning: boolean;
  /** What a copy of the app is made from. */
  readonly appTitle: string;
  readonly isBusy: boolean;
  readonly isReadOnly: boolean;
  readonly onAsk: (isAsked: boolean) => void;
  readonly onRevert: () => void;
  readonly onPin: () => void;
  readonly onTake: () => void;
  readonly onCompare: () => void;
  readonly onCloning: (isCloning: boolean) => void;
  readonly onClone: (wish: CloneWish) => void;
}

/** One revision: its number, what became of its newest deploy, when and by whom, why it was made, and what can be done with it. */
export function revisionRow(options: RevisionRowOptions): TemplateResult {
  const { revision, strings, locale } = options;
  const { number, isLive, isLastGood, pinned, comment, digest, failure, lastGeneration } = revision;
  return html`
    <li part="revision" data-digest=${digest} ?data-live=${isLive}>
      <div class="what">
        <h3 title=${strings.revisionHint}>${strings.revision(formatNumber(number, locale))}</h3>
        ${lastGeneration === undefined ? nothing : html`<span class="secondary number" data-generation>${strings.generation(formatNumber(lastGeneration, locale))}</span>`}
        ${outcomeOf(revision, strings).map((word) => statusPill(word))}
        ${isLastGood && !isLive ? html`<span class="chip" title=${strings.lastGoodHint}>${strings.lastGood}</span>` : nothing}
        ${pinned ? html`<span class="chip">${strings.pinned}</span>` : nothing}
      </div>
      ${failure ? html`<p class="failure truncate" title=${strings.runnerSays(failure)}>${strings.runnerSays(failure)}</p>` : nothing}
      ${comment ? html`<p class="comment">${commentOf(comment, number, strings)}</p>` : nothing}
      ${facts(options)}
      ${acts(options)}
    </li>`;
}

/** As somebody wrote it, or what the server writes of the first revision of a copy. */
function commentOf(comment: string, number: number, strings: Strings): string {
  const source = number === 1 ? /^cloned from (.+)$/s.exec(comment)?.[1] : undefined;
  return source === undefined ? comment : strings.clonedFrom(source);
}

/** When its newest deploy went live or ended and who asked for it, beside the number of that deploy; and when it was made itself, where that was another time. */
function facts(options: RevisionRowOptions): TemplateResult {
  const { revision: { createdAt, createdBy, digest, durationMs = 0, lastTrigger, lastDeployedAt, lastDeployedBy }, strings, locale } = options;
  const mark = html`<span class="mono" title=${digest}>${digest.slice('sha256:'.length, 'sha256:'.length + 8)}</span>`;
  const made = html`${ago(createdAt, options)} · <bdi>${createdBy}</bdi> · `;
  if (lastDeployedAt === undefined || lastDeployedBy === undefined) return html`<p class="facts secondary">${made}${mark}</p>`;
  // In one act, or so soon after it that it says nothing.
  const isFirst = createdBy === lastDeployedBy && Date.parse(lastDeployedAt) - Date.parse(createdAt) < 60_000;
  const settledAt = new Date(Date.parse(lastDeployedAt) + durationMs).toISOString();
  return html`
    <p class="facts secondary">${ago(settledAt, options)} · <bdi>${lastTrigger === 'revert' ? strings.revertBy(lastDeployedBy) : lastDeployedBy}</bdi>${durationMs > 0 ? html` · <span class="number">${strings.tookTime(formatDuration(durationMs, locale))}</span>` : nothing}${isFirst ? html` · ${mark}` : nothing}</p>
    ${isFirst ? nothing : html`<p class="facts secondary">${strings.revisionMade} ${made}${mark}</p>`}`;
}

function outcomeOf({ isLive, outcome }: Revision, strings: Strings): StatusWord[] {
  if (isLive) return [{ shape: 'live', word: strings.statusLive }];
  switch (outcome) {
    case 'failed': return [{ shape: 'failed', word: strings.outcomeFailed }];
    case 'cancelled': return [{ shape: 'idle', word: strings.cancelled }];
    case 'superseded': return [{ shape: 'idle', word: strings.superseded }];
    case undefined: case 'stopped': case 'live': return [];
    default: return [{ shape: 'working', word: strings.statusDeploying }];
  }
}

/** What never went live is nothing to go back to. */
const canRevert = ({ isLive, outcome, liveAt }: Revision): boolean => !isLive && (outcome !== 'failed' || liveAt !== undefined);

function acts({ revision, strings, locale, isAsked, isCloning, appTitle, isBusy, isReadOnly, onAsk, onRevert, onPin, onTake, onCompare, onCloning, onClone }: RevisionRowOptions): TemplateResult {
  const name = strings.revision(formatNumber(revision.number, locale));
  const { pinned } = revision;
  const busy = isBusy ? 'true' : nothing;
  if (isAsked) return html`
    <div class="acts" role="group" aria-label=${strings.revertTo(name)}>
      <p>${strings.revertQuestion(name)}</p>
      <button type="button" aria-disabled=${busy} @click=${onRevert}>${strings.revertTo(name)}</button>
      <button type="button" class="quiet" @click=${() => onAsk(false)}>${strings.dismiss}</button>
    </div>`;
  if (isCloning) return html`<div class="acts">${cloneForm({ name: appTitle, sources: [{ value: revision.digest, word: name }], isBusy, strings, onClone, onCancel: () => onCloning(false) })}</div>`;
  const compares = html`<button type="button" class="quiet" data-compare aria-label=${strings.compareWith(name)} title=${strings.compareWith(name)} @click=${onCompare}>${icons.compare}<span class="word">${strings.compare}</span></button>`;
  if (isReadOnly) return html`<div class="acts">${compares}</div>`;
  return html`
    <div class="acts">
      ${!canRevert(revision) ? nothing : html`<button type="button" @click=${() => onAsk(true)}>${icons.back}${strings.revertTo(name)}</button>`}
      <button type="button" class="quiet" aria-label=${`${pinned ? strings.unpin : strings.pin} ${name}`} title=${`${pinned ? strings.unpin : strings.pin}. ${strings.pinHint}`} aria-disabled=${busy} @click=${onPin}>${icons.pin}<span class="word">${pinned ? strings.unpin : strings.pin}</span></button>
      ${compares}
      <button type="button" class="quiet" aria-label=${strings.takeInto(name)} title=${strings.takeInto(name)} aria-disabled=${busy} @click=${onTake}>${icons.rename}<span class="word">${strings.toDraft}</span></button>
      <button type="button" class="quiet" data-clone aria-label=${`${strings.cloneHere}, ${name}`} title=${strings.cloneHere} @click=${() => onCloning(true)}>${icons.clone}<span class="word">${strings.cloneApp}</span></button>
    </div>`;
}
