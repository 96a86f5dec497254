import type { AppSnapshot, AppStore } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import { formatNumber } from '../../format.ts';
import type { Strings } from '../../strings.ts';
import type { ConvertOpen } from '../convert/reasons.ts';

export interface ConvertingOptions {
  readonly snapshot: AppSnapshot;
  readonly store: AppStore | undefined;
  readonly onOpen: (path: string, line: number) => void;
  /** It is over, whatever became of it. */
  readonly onLeave: () => void;
}

/** Is the proposal, or what became of it, in the place of the files? */
export const isConverting = ({ conversion }: AppSnapshot): boolean => conversion.state === 'running' || conversion.state === 'proposed' || conversion.state === 'failed';

/** The proposal of an app in several files, in the place of the files. */
export function convertingView({ snapshot, store, onOpen, onLeave }: ConvertingOptions): unknown {
  if (!isConverting(snapshot)) return nothing;
  const close = (): void => {
    store?.closeConversion();
    onLeave();
  };
  const onApply = async (): Promise<void> => {
    // What was typed in another element meanwhile is shown by the view itself.
    const isTaken = store?.applyConversion();
    onLeave();
    await isTaken;
  };
  return html`<fapi-convert class="resolving" .conversion=${snapshot.conversion} .files=${snapshot.files} @convert-close=${close} @convert-apply=${() => void onApply()} @convert-again=${() => void store?.convert()} @convert-open=${({ detail }: CustomEvent<ConvertOpen>) => { close(); onOpen(detail.path, detail.line); }}></fapi-convert>`;
}

/** What was converted last, and the way back while its files are as they were written. */
export function convertedBar({ conversion: { proposal, before }, files }: AppSnapshot, store: AppStore | undefined, strings: Strings, locale: string): unknown {
  const texts = new Map(files.map(({ path, content }) => [path, content]));
  const isStill = proposal?.files.every(({ path, content }) => texts.get(path) === content) ?? false;
  const known = new Set(before.map(({ path }) => path));
  const added = proposal?.files.filter(({ path }) => !known.has(path)).length ?? 0;
  return html`
    <div class="bar converted" role="status" data-status="idle"><p>${strings.converted(formatNumber(added, locale), added === 1)}</p><span class="actions">
      ${isStill ? html`<button type="button" data-undo-convert @click=${() => void store?.undoConversion()}>${strings.undo}</button>` : html`<span class="secondary">${strings.convertUndone}</span>`}
      <button type="button" @click=${() => store?.closeConversion()}>${strings.hide}</button></span></div>`;
}
