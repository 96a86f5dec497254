import type { AppFile } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { errorBar } from '../../parts/notice.ts';
import type { Strings } from '../../strings.ts';

/** What an app can begin with: the portal's own data. */
export interface Starter { readonly title: string; readonly summary?: string; readonly files: readonly AppFile[] }

export interface CreateDialogOptions {
  readonly starters: readonly Starter[];
  readonly isBusy: boolean;
  readonly failure: unknown;
  readonly strings: Strings;
  readonly locale: string;
  readonly onCreate: (title: string, starter: Starter | undefined) => void;
  readonly onClose: () => void;
}

/** Asks for a name and a starter. Opened with `showModal()`; Escape and a click beside it close it. */
export function createDialog({ starters, isBusy, failure, strings, locale, onCreate, onClose }: CreateDialogOptions): TemplateResult {
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const given = new FormData(event.target as HTMLFormElement);
    const starter = starters[Number(given.get('starter') ?? 0)];
    if (!isBusy) onCreate(String(given.get('name')).trim() || starter?.title || strings.newApp, starter);
  };
  const close = (event: Event): void => (event.currentTarget as HTMLElement).closest('dialog')!.close();
  return html`
    <dialog class="create" part="dialog" aria-labelledby="create-title" @close=${onClose} @click=${(event: MouseEvent) => { if (event.target === event.currentTarget) close(event); }}>
      <form @submit=${onSubmit}>
        <h2 id="create-title">${strings.newApp}</h2>
        ${failure === undefined ? nothing : errorBar(failure, strings, locale)}
        <label>${strings.appName}<input name="name" maxlength="80" autocomplete="off" placeholder=${starters[0]?.title ?? strings.appNamePlaceholder}></label>
        ${starters.length === 0 ? nothing : html`<fieldset><legend>${strings.starter}</legend>${starters.map(({ title, summary }, index) => html`
          <label class="starter"><input type="radio" name="starter" value=${index} ?checked=${index === 0}><span>${title}</span>${summary ? html`<small>${summary}</small>` : nothing}</label>`)}</fieldset>`}
        <div class="actions"><button type="button" class="large" @click=${close}>${strings.dismiss}</button><button class="primary" aria-disabled=${isBusy ? 'true' : nothing}>${strings.create}</button></div>
      </form>
    </dialog>`;
}
