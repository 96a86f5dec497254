import { type TryMethod, tryMethods } from '@fapi/sdk/contract';
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Strings } from '../../strings.ts';
import { drawnText } from '../logs/plain-text.ts';
import { bodyOf, type Draft, withBody } from './draft.ts';
import { type Field, type Place, type Scheme } from './operations.ts';
import type { Credential, Credentials } from './request.ts';

export interface RequestFormOptions {
  readonly draft: Draft;
  readonly schemes: readonly Scheme[];
  readonly credentials: Credentials;
  readonly problem: string | undefined;
  readonly isSending: boolean;
  readonly strings: Strings;
  /** Of the operation that is chosen, or of the app, that it can be typed for. */
  readonly copy: TemplateResult;
  readonly onDraft: (draft: Draft) => void;
  readonly onCredential: (name: string, credential: Credential) => void;
  readonly onSend: () => void;
  readonly onCancel: () => void;
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
const valueOf = (event: Event): string => (event.target as Control).value;
/** Of a path or a name: more of one is nothing to read. */
export const longestDrawn = 300;
const freeTypes = ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'application/octet-stream'];

/** The request as it will go out: of an operation its parameters and its body, else method, path and body as they are typed. */
export function requestForm(options: RequestFormOptions): TemplateResult {
  const { draft, problem, isSending, strings, copy, onDraft, onSend, onCancel } = options;
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    onSend();
  };
  return html`
    <form part="request" aria-label=${strings.tryRequest} autocomplete="off" novalidate @submit=${onSubmit}>
      ${draft.operation ? html`<p class="address"><span class="method mono">${draft.method}</span><span class="mono">${drawnText(draft.path, longestDrawn)}</span>${draft.operation.summary === '' ? nothing : html`<bdi class="secondary">${draft.operation.summary}</bdi>`}</p>` : freeAddress(options)}
      ${draft.operation && draft.operation.parameters.length > 0 ? html`<fieldset><legend>${strings.tryParameters}</legend>${draft.operation.parameters.map((parameter) => fieldRow(parameter, `${parameter.place}:${parameter.name}`, placeWord(parameter.place, strings), options))}${rest(draft.operation.isCut, strings)}</fieldset>` : nothing}
      ${body(options)}
      ${auth(options)}
      <details ?open=${draft.headers !== ''}><summary>${strings.tryMoreHeaders}</summary><label>${strings.tryHeadersHint}<textarea name="headers" rows="3" spellcheck="false" dir="ltr" .value=${live(draft.headers)} @input=${(event: Event) => onDraft({ ...draft, headers: valueOf(event) })}></textarea></label></details>
      ${problem === undefined ? nothing : html`<p class="problem" role="alert">${problem}</p>`}
      <div class="actions">
        <button class="primary" title=${strings.trySendHint} aria-disabled=${isSending ? 'true' : nothing}>${strings.trySend}</button>
        ${isSending ? html`<button type="button" class="large quiet" data-cancel @click=${onCancel}>${strings.cancel}</button>` : nothing}
        ${copy}
      </div>
    </form>`;
}

function freeAddress({ draft, strings, onDraft }: RequestFormOptions): TemplateResult {
  return html`<div class="free">
    <label>${strings.tryMethod}<select name="method" .value=${live(draft.method)} @change=${(event: Event) => onDraft({ ...draft, method: valueOf(event) as TryMethod })}>${tryMethods.map((method) => html`<option ?selected=${method === draft.method}>${method}</option>`)}</select></label>
    <label>${strings.tryPath}<input name="path" class="mono" dir="ltr" spellcheck="false" autocapitalize="off" .value=${live(draft.path)} @input=${(event: Event) => onDraft({ ...draft, path: valueOf(event) })}></label>
  </div>`;
}

const lists = new WeakMap<readonly File[], FileList>();
const none: readonly File[] = [];

/** What a field of files shows is what the draft holds, also after another operation or an earlier request took its place. */
function fileListOf(files: readonly File[] = none): FileList {
  const known = lists.get(files);
  if (known) return known;
  const made = new DataTransfer();
  for (const file of files) made.items.add(file);
  lists.set(files, made.files);
  return made.files;
}

/** One field with its name, where it goes and what its author says about it. */
function fieldRow(field: Field, key: string, where: string, { draft, strings, onDraft }: RequestFormOptions): TemplateResult {
  const { name, isRequired, description, kind, choices } = field;
  const value = draft.values[key] ?? '';
  const onValue = (event: Event): void => onDraft({ ...draft, values: { ...draft.values, [key]: valueOf(event) } });
  const onFiles = (event: Event): void => onDraft({ ...draft, files: { ...draft.files, [key]: [...((event.target as HTMLInputElement).files ?? [])] } });
  const required = isRequired ? 'true' : nothing;
  const control = kind === 'file' ? html`<input type="file" multiple name=${key} aria-required=${required} .files=${fileListOf(draft.files[key])} @change=${onFiles}>`
    : kind === 'choice' ? html`<select name=${key} aria-required=${required} .value=${live(value)} @change=${onValue}>${isRequired ? nothing : html`<option value="" ?selected=${value === ''}>${strings.tryNotSent}</option>`}${choices.map((choice) => html`<option value=${choice} ?selected=${choice === value}>${choice}</option>`)}</select>`
      : html`<input name=${key} dir="auto" spellcheck="false" autocapitalize="off" inputmode=${kind === 'number' ? 'decimal' : nothing} aria-required=${required} .value=${live(value)} @input=${onValue}>`;
  const facts = [where, ...(isRequired ? [strings.tryRequired] : [])].filter((word) => word !== '').join(', ');
  const hint = [description, ...(kind === 'list' ? [strings.tryList] : [])].filter((word) => word !== undefined).join(' · ');
  return html`<label><span><bdi class="name mono">${drawnText(name, longestDrawn)}</bdi> ${facts}</span>${description === undefined && kind !== 'list' ? nothing : html`<span>${hint}</span>`}${control}</label>`;
}

/** That there are more of them. */
const rest = (isCut: boolean, strings: Strings): unknown => (isCut ? html`<p class="hint">${strings.tryFieldsLeft}</p>` : nothing);

const placeWord = (place: Place, strings: Strings): string => ({ path: strings.tryPlacePath, query: strings.tryPlaceQuery, header: strings.tryPlaceHeader, cookie: strings.tryPlaceCookie })[place];

function body(options: RequestFormOptions): unknown {
  const { draft, strings, onDraft } = options;
  const own = bodyOf(draft);
  if (draft.operation ? !own : draft.method === 'GET' || draft.method === 'HEAD') return nothing;
  const types = draft.operation ? draft.operation.bodies.map(({ type }) => type) : freeTypes;
  const onType = (event: Event): void => onDraft(draft.operation ? withBody(draft, draft.operation.bodies.find(({ type }) => type === valueOf(event))) : { ...draft, bodyType: valueOf(event) });
  return html`<fieldset><legend>${strings.tryBody}</legend>
    ${types.length === 1 ? html`<p class="secondary mono">${draft.bodyType}</p>` : html`<label>${strings.tryBodyType}<select name="body-type" .value=${live(draft.bodyType)} @change=${onType}>${types.map((type) => html`<option ?selected=${type === draft.bodyType}>${type}</option>`)}</select></label>`}
    ${own && own.fields.length > 0 ? [own.fields.map((field) => fieldRow(field, `field:${field.name}`, '', options)), rest(own.isCut, strings)] : wholeBody(options)}
  </fieldset>`;
}

/** A body in one piece: as it is typed, or a file in its place. */
function wholeBody({ draft, strings, onDraft }: RequestFormOptions): TemplateResult {
  const rows = Math.max(4, Math.min(16, draft.body.split('\n').length + 1));
  const onText = (event: Event): void => onDraft({ ...draft, body: valueOf(event) });
  const onFile = (event: Event): void => onDraft({ ...draft, files: { '': [...((event.target as HTMLInputElement).files ?? [])] } });
  return html`
    <label><span class="visually-hidden">${strings.tryBody}</span><textarea name="body" rows=${rows} ?disabled=${(draft.files[''] ?? []).length > 0} spellcheck="false" dir="ltr" .value=${live(draft.body)} @input=${onText}></textarea></label>
    <label>${strings.tryFile}<input type="file" name="body-file" .files=${fileListOf(draft.files[''])} @change=${onFile}></label>`;
}

function auth({ draft, schemes, credentials, strings, onCredential }: RequestFormOptions): unknown {
  const own = schemes.filter(({ name }) => !draft.operation || draft.operation.schemes.includes(name));
  if (own.length === 0) return nothing;
  return html`<fieldset><legend>${strings.tryAuth}</legend><p class="secondary">${strings.tryAuthHint}</p>${own.map(({ name, kind }) => {
    const given = credentials.get(name) ?? { user: '', secret: '' };
    const word = kind === 'basic' ? strings.tryPassword : kind === 'apiKey' ? strings.tryKey : strings.tryToken;
    return html`
      ${kind === 'basic' ? html`<label>${strings.tryUser(drawnText(name, longestDrawn))}<input name=${`user:${name}`} autocomplete="off" .value=${live(given.user)} @input=${(event: Event) => onCredential(name, { ...given, user: valueOf(event) })}></label>` : nothing}
      <label>${word(drawnText(name, longestDrawn))}<input type="password" name=${`secret:${name}`} autocomplete="off" .value=${live(given.secret)} @input=${(event: Event) => onCredential(name, { ...given, secret: valueOf(event) })}></label>`;
  })}</fieldset>`;
}
