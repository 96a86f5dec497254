import type { FileChange } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { addEnglish } from '../catalogues.ts';
import { formatNumber } from '../format.ts';
import * as icons from '../icons.ts';
import type { Strings } from '../strings.ts';
import { changesEnglish } from '../strings/changes.ts';

addEnglish(changesEnglish);

/** A line of a unified patch, with its number on the side it is on. */
interface Line { readonly kind: 'added' | 'removed' | 'same' | 'gap'; readonly number: number | undefined; readonly text: string }

/** A file that differs: how much, and line by line where the patch is there. */
export function changedFile({ path, fromPath, change, addedLines, removedLines, patch }: FileChange, isOpen: boolean, strings: Strings, locale: string): TemplateResult {
  const word = { added: strings.changeAdded, removed: strings.changeRemoved, changed: strings.changeChanged, moved: strings.changeMoved }[change];
  const head = html`<code class="mono path">${fromPath && fromPath !== path ? `${fromPath} → ${path}` : path}</code><span class="secondary">${word}</span><span class="counts mono">${addedLines > 0 ? html`<ins>+${formatNumber(addedLines, locale)}</ins>` : nothing}${removedLines > 0 ? html` <del>−${formatNumber(removedLines, locale)}</del>` : nothing}</span>`;
  if (patch === undefined) return html`<div class="file"><div class="file-head">${head}</div>${change === 'moved' ? nothing : html`<p class="secondary">${strings.diffTooLarge}</p>`}</div>`;
  return html`<details class="file" ?open=${isOpen}><summary class="file-head"><span class="twist">${icons.chevron}</span>${head}</summary>
    <div class="lines" tabindex="0" role="group" aria-label=${path} dir="ltr"><div>${linesOf(patch).map(({ kind, number, text }) => html`<div class="line" data-kind=${kind}><span class="no" aria-hidden="true">${number ?? ''}</span><span class="sign">${{ added: '+', removed: '−', same: ' ', gap: '⋯' }[kind]}</span><span class="text">${text}</span></div>`)}</div></div></details>`;
}

function linesOf(patch: string): Line[] {
  const found: Line[] = [];
  let [before, after, isFirst, isInside] = [0, 0, true, false];
  for (const line of patch.split('\n')) {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (hunk) {
      [before, after, isInside] = [Number(hunk[1]), Number(hunk[2]), true];
      if (!isFirst) found.push({ kind: 'gap', number: undefined, text: '' });
      isFirst = false;
    } else if (!isInside || line.startsWith('\\') || line === '') continue;
    else if (line.startsWith('+')) found.push({ kind: 'added', number: after++, text: line.slice(1) });
    else if (line.startsWith('-')) found.push({ kind: 'removed', number: before++, text: line.slice(1) });
    else {
      found.push({ kind: 'same', number: after++, text: line.slice(1) });
      before++;
    }
  }
  return found;
}
