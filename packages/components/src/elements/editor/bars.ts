import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { awayBar, errorBar } from '../../parts/notice.ts';
import { ago } from '../../parts/since.ts';
import type { Strings } from '../../strings.ts';
import { convertedBar } from './converted-bar.ts';

export interface BarsOptions {
  readonly snapshot: AppSnapshot;
  readonly store: AppStore | undefined;
  readonly strings: Strings;
  readonly locale: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly isReadOnly: boolean;
  readonly onResolve: () => void;
  readonly onDeploy: () => void;
}

/** What stands in the way of the next act, above the files: a conflict, an error, a lost connection; and what became of it. */
export function bars(options: BarsOptions): unknown {
  const { snapshot, store, strings, locale, isReadOnly } = options;
  const { save, error, connection, restored, merged, dirtyPaths } = snapshot;
  const missed = !isReadOnly && isDeployMissed(snapshot) ? missedBar(options) : nothing;
  const away = connection === 'reconnecting' ? awayBar(strings.reconnecting) : nothing;
  if (save === 'conflict') return html`${conflictBar(options)}${away}`;
  // With nothing to be saved, nothing else brings the error to an end.
  if (error !== undefined) return html`${errorBar(error, strings, locale, save === 'failed' ? undefined : () => store?.forgetError())}${dirtyPaths.size === 0 && away === nothing ? missed : nothing}`;
  if (away !== nothing) return away;
  if (restored) return html`
    <div class="bar" role="status" data-status="idle"><p>${strings.restored} <span class="secondary">${ago(restored.at, options)}</span></p><span class="actions">
      <button type="button" tabindex="0" @click=${() => store?.keepRestored()}>${strings.keepRestored}</button>
      <button type="button" tabindex="0" @click=${() => void store?.reload()}>${strings.discardRestored}</button></span></div>`;
  if (merged) return html`
    <div class="bar merged" role="status" data-status="idle"><p>${merged.by === 'hand' ? strings.mergedByHand : strings.mergedItself(merged.savedBy === snapshot.self ? strings.selfName : merged.savedBy, merged.paths.join(', '))} <span class="secondary">${ago(merged.savedAt, options)}</span></p><span class="actions">
      <button type="button" tabindex="0" @click=${() => store?.undoMerge()}>${strings.undo}</button>
      <button type="button" tabindex="0" @click=${() => store?.keepMerged()}>${strings.hide}</button></span></div>${missed}`;
  if (missed !== nothing) return missed;
  if (snapshot.conversion.state === 'applied' && !isReadOnly) return convertedBar(snapshot, store, strings, locale);
  return nothing;
}

const missedBar = ({ store, strings, onDeploy }: BarsOptions): TemplateResult => html`
    <div class="bar" role="status" data-status="idle"><p>${strings.deployMissed}</p><span class="actions">
      <button type="button" tabindex="0" @click=${onDeploy}>${strings.deploy}</button>
      <button type="button" tabindex="0" @click=${() => store?.forgetMissedDeploy()}>${strings.hide}</button></span></div>`;

/** Unless what was to go out has gone out since: its answer was lost, or somebody else has done it. */
const isDeployMissed = ({ missedDeploy, deployment, draftVersion, dirtyPaths }: AppSnapshot): boolean =>
  missedDeploy !== undefined && (dirtyPaths.size > 0 || deployment?.draftVersion !== draftVersion || deployment.generation <= missedDeploy.generation);

/** Each side as a whole can be taken at once, and taken back. */
function conflictBar(options: BarsOptions): TemplateResult {
  const { snapshot: { conflict, files, self }, store, strings, isReadOnly, onResolve } = options;
  const isOwn = conflict !== undefined && conflict.savedBy === self;
  const onMine = (): void => void (conflict ? store?.resolve(conflict.version, files) : store?.keepMine());
  const onTheirs = (): void => void (conflict ? store?.resolve(conflict.version, conflict.theirs) : store?.reload());
  return html`
    <div class="bar" role="alert"><p>${conflict ? html`${isOwn ? strings.conflictByOwn : strings.conflictBy(conflict.savedBy)} <span class="secondary">${ago(conflict.savedAt, options)}</span>` : strings.conflict}</p>${isReadOnly ? nothing : html`<span class="actions">
      ${conflict ? html`<button type="button" tabindex="0" data-resolve @click=${onResolve}>${strings.resolve}</button>` : nothing}
      <button type="button" tabindex="0" @click=${onMine}>${strings.keepMine}</button>
      <button type="button" tabindex="0" @click=${onTheirs}>${isOwn ? strings.takeOther : strings.takeTheirs}</button></span>`}</div>`;
}
