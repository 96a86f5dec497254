import type { AppSnapshot } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { appWords } from '../../app-words.ts';
import * as icons from '../../icons.ts';
import { peopleMark } from '../../parts/people.ts';
import { statusPill, statusShape } from '../../parts/status-pill.ts';
import type { Strings } from '../../strings.ts';
import { deployButton } from './deploy-button.ts';
import { readinessMark } from './readiness.ts';
import type { Readiness } from './readiness.ts';

export interface ToolbarOptions {
  readonly snapshot: AppSnapshot;
  readonly strings: Strings;
  readonly locale: string;
  /** The deployment that this editor brought live and nothing was changed since. */
  readonly isFreshlyLive: boolean;
  readonly readiness: Readiness | undefined;
  /** The last readiness that was not on its way to another one, in a word. */
  readonly settledReadiness: string;
  /** Goes to the failure of the newest deploy; absent where the page shows none. */
  readonly onFailure: (() => void) | undefined;
  readonly onSave: () => void;
  readonly onDeploy: () => void;
}

/** What the app is, what the draft is, and the two acts. */
export function toolbar(options: ToolbarOptions): TemplateResult {
  const { snapshot, strings, onSave } = options;
  const { app, dirtyPaths, save } = snapshot;
  const isDirty = dirtyPaths.size > 0;
  return html`
    <header class="toolbar" part="toolbar header">
      <slot name="toolbar-start"></slot>
      <h2 class="title truncate" title=${app?.title ?? ''}>${app?.title}</h2>
      ${facts(options)}
      <slot name="toolbar-end"></slot>
      <button type="button" tabindex="0" class="large save" title=${strings.saveHint} aria-label=${strings.saveDraft} aria-disabled=${!isDirty || save === 'saving' ? 'true' : nothing} @click=${onSave}><span class="long">${strings.saveDraft}</span><span class="short">${strings.saveShort}</span></button>
      ${deployButton(options)}
    </header>`;
}

/** Each fact by itself: what serves, what became of the last deploy, what the draft is, and the way to the app. */
function facts({ snapshot: { app, deployment, dirtyPaths, draftVersion, save, people }, strings, locale, readiness, settledReadiness, isFreshlyLive, onFailure }: ToolbarOptions): TemplateResult {
  const { health, serving, rollout, draft } = appWords({ app, deployment, isDirty: dirtyPaths.size > 0, draftVersion, strings, locale });
  const chip = save === 'saving' ? strings.saving : draft;
  return html`
    <div class="facts">
      ${health ? statusPill(health, serving) : nothing}
      ${!rollout ? nothing : rollout.shape === 'failed' && onFailure
        ? html`<button type="button" class="quiet pill rollout" part="rollout" data-status=${rollout.shape} title=${strings.showFailure} @click=${onFailure}>${statusShape(rollout.shape)}<span class="word">${rollout.word}</span></button>`
        : html`<span class="rollout" part="rollout">${statusPill(rollout)}</span>`}
      ${chip ? html`<span class="chip truncate" part="freshness">${chip}</span>` : nothing}
      ${readinessMark(isFreshlyLive ? undefined : readiness, settledReadiness)}
      ${peopleMark(people, strings, locale)}
      ${app && serving ? html`<a class="url truncate" href=${app.url} target="_blank" rel="noopener" aria-label="${strings.openApp}, ${app.host}" title=${`${strings.openApp}: ${app.url}`}><span class="mono truncate">${app.host}</span>${icons.external}</a>` : nothing}
    </div>`;
}
