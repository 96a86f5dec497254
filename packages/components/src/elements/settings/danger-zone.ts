import type { App } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { formatDate } from '../../format.ts';
import type { Strings } from '../../strings.ts';

export type DangerousAct = 'suspend' | 'delete';

export interface DangerZoneOptions {
  readonly app: App;
  /** May whoever looks suspend and resume it? */
  readonly isOperator: boolean;
  /** The act that waits for a word. */
  readonly asked: DangerousAct | undefined;
  readonly isBusy: boolean;
  readonly strings: Strings;
  readonly locale: string;
  readonly onAsk: (act: DangerousAct | undefined) => void;
  readonly onAct: (act: DangerousAct | 'resume') => void;
}

/** What has users of the app turned away, with what happens said before it does. Each of it can be taken back, so that a question is enough. */
export function dangerZone(options: DangerZoneOptions): TemplateResult {
  const { app: { suspended, title: name }, isOperator, strings } = options;
  const title = suspended || isOperator ? strings.danger : strings.dangerDelete;
  return html`
    <section class="section danger" part="danger" aria-label=${title}>
      <header><h2>${title}</h2></header>
      ${suspended ? resumeRow(suspended, options) : isOperator ? row('suspend', strings.suspendApp, strings.suspendText, strings.suspendQuestion(name), options) : nothing}
      ${row('delete', strings.deleteApp, strings.deleteAppText, strings.deleteAppQuestion(name), options)}
    </section>`;
}

/** Since when it is suspended and why, and the way back for whoever may go it. */
function resumeRow({ at, reason }: NonNullable<App['suspended']>, { isOperator, isBusy, strings, locale, onAct }: DangerZoneOptions): TemplateResult {
  return html`<div class="row">
    <p>${strings.suspendedText} ${reason === undefined ? nothing : strings.suspendedBecause(reason)}
      <time class="secondary" datetime=${at}>${formatDate(at, locale)}</time><span class="secondary">${isOperator ? strings.resumeText : strings.suspendedAsk}</span></p>
    ${isOperator ? html`<button type="button" data-act="resume" aria-disabled=${isBusy ? 'true' : nothing} @click=${() => { if (!isBusy) onAct('resume'); }}>${strings.resumeApp}</button>` : nothing}
  </div>`;
}

function row(act: DangerousAct, word: string, text: string, question: string, { app, asked, isBusy, strings, onAsk, onAct }: DangerZoneOptions): TemplateResult {
  return html`<div class="row">
    ${asked === act ? html`
      <div class="asks" role="group" aria-label=${strings.actOn(word, app.title)}><p>${question}</p>
        <button type="button" data-yes aria-disabled=${isBusy ? 'true' : nothing} @click=${() => { if (!isBusy) onAct(act); }}>${word}</button>
        <button type="button" class="quiet" @click=${() => onAsk(undefined)}>${strings.keep}</button></div>`
      : html`<p>${text}</p><button type="button" data-act=${act} @click=${() => onAsk(act)}>${word}</button>`}
  </div>`;
}

/** In the place of all else once it was deleted here. */
export function deletedHere(app: Pick<App, 'title' | 'restorableUntil'>, isBusy: boolean, strings: Strings, locale: string, onUndo: () => void): TemplateResult {
  return html`<div class="notice" part="empty" role="status"><h3>${strings.deletedTitle}</h3>
    <p>${strings.appDeleted(app.title)} ${app.restorableUntil === undefined ? nothing : strings.appRestorable(formatDate(app.restorableUntil, locale))}</p>
    <div class="actions"><button type="button" data-undo aria-disabled=${isBusy ? 'true' : nothing} @click=${onUndo}>${strings.undo}</button></div></div>`;
}
