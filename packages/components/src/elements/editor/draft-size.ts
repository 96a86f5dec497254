import { limits } from '@fapi/sdk/contract';
import type { AppFile } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatNumber } from '../../format.ts';
import type { Strings } from '../../strings.ts';

/** From this part of a limit on it is shown how much is used. */
const near = 0.8;
/** Of a UTF-16 unit, in UTF-8. */
const bytesAtMost = 3;

/** Measures a draft as the server does, in bytes of UTF-8: again only the files that have changed, and none while the limit is far away. Undefined then. */
export function createDraftRuler(): (files: readonly AppFile[]) => number | undefined {
  let measured = new Map<string, { content: string; bytes: number }>();
  const encoder = new TextEncoder();
  return (files) => {
    if (files.reduce((sum, { content }) => sum + content.length, 0) * bytesAtMost < limits.draftBytes * near) return undefined;
    const before = measured;
    measured = new Map(files.map(({ path, content }) => {
      const known = before.get(path);
      return [path, known?.content === content ? known : { content, bytes: encoder.encode(content).length }];
    }));
    return [...measured.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  };
}

/** How much of what a draft may have is used, near the limit only. */
export function draftSize(files: readonly AppFile[], bytes: number | undefined, strings: Strings, locale: string): TemplateResult | typeof nothing {
  const rows = [
    { used: files.length, limit: limits.files, word: () => strings.draftFilesUsed(formatNumber(files.length, locale), formatNumber(limits.files, locale)) },
    { used: bytes ?? 0, limit: limits.draftBytes, word: () => strings.draftBytesUsed(formatNumber(bytes ?? 0, locale), formatNumber(limits.draftBytes, locale)) },
  ].filter(({ used, limit }) => used >= limit * near).map(({ word, ...row }) => ({ ...row, word: word() }));
  return rows.length === 0 ? nothing : html`<div class="size" part="size">${rows.map(({ used, limit, word }) => html`
    <p data-status=${used > limit ? 'failed' : nothing}><span class="number">${word}</span><meter min="0" max=${limit} high=${limit} .value=${used} aria-label=${word}></meter></p>`)}</div>`;
}
