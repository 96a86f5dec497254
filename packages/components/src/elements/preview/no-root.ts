import type { FapiClient } from '@fapi/sdk';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { Strings } from '../../strings.ts';

const docsPath = '/docs';
/** More than these are for the docs. */
const shownMost = 12;

/** What an API without a page at `/` has instead. */
export interface Instead { readonly hasDocs: boolean; readonly paths: readonly string[] }

/**
 * Undefined where there is a page, or nobody can say. What the OpenAPI document has is not asked for: a page that counts its visitors counts none of ours.
 */
export async function findInstead(client: FapiClient, appId: string, signal: AbortSignal): Promise<Instead | undefined> {
  const ask = (path: string) => client.apps.try(appId, { method: 'GET', path, headers: [] }, { signal });
  try {
    const document = await ask('/openapi.json');
    const paths = document.status === 200 ? readablePaths(JSON.parse(document.body)) : undefined;
    if (!paths || paths.includes('/') || (await ask('/')).status !== 404) return undefined;
    return { hasDocs: (await ask(docsPath)).status === 200, paths };
  } catch {
    // Who may not try has the frame, with whatever it shows.
    return undefined;
  }
}

/** That can be read without knowing more than the address: not what hides, turns the words around it or fills the page. */
const readable = /^\/[^{\s\u200b-\u200f\u202a-\u202e\u2060-\u206f]{0,200}$/;

function readablePaths(document: unknown): string[] | undefined {
  const { paths } = (document ?? {}) as { paths?: unknown };
  if (typeof paths !== 'object' || paths === null) return undefined;
  return Object.entries(paths as Record<string, { get?: unknown } | null>).flatMap(([path, item]) => (item?.get && readable.test(path) ? [path] : []));
}

export function noRoot({ hasDocs, paths }: Instead, strings: Strings, onGo: (path: string) => void): TemplateResult {
  const link = (path: string, word: string): TemplateResult => html`<button type="button" class="link mono" @click=${() => onGo(path)}>${word}</button>`;
  return html`
    <div class="notice" part="empty">
      <h3>${strings.noRootTitle}</h3>
      <p>${hasDocs || paths.length > 0 ? strings.noRootText : strings.noRootNothing}</p>
      ${hasDocs ? html`<div class="actions"><button type="button" data-docs @click=${() => onGo(docsPath)}>${strings.noRootDocs}</button></div>` : nothing}
      ${paths.length > 0 ? html`<ul class="routes">${paths.slice(0, shownMost).map((path) => html`<li>${link(path, path)}</li>`)}</ul>` : nothing}
    </div>`;
}
