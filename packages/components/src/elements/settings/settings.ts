import { parseDotenv } from '@fapi/sdk';
import type { Dotenv, FapiClient } from '@fapi/sdk';
import { variableName } from '@fapi/sdk/contract';
import type { AppLimits, Environment, Variable } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { ActController } from '../../controllers/act.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { LoadedController } from '../../controllers/loaded.ts';
import { emit } from '../../events.ts';
import * as icons from '../../icons.ts';
import { errorBar, errorNotice, notice, skeleton } from '../../parts/notice.ts';
import { whenReady } from '../../parts/when-ready.ts';
import { settingsEnglish } from '../../strings/settings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { limitList } from './limit-list.ts';
import { pasteForm } from './paste-form.ts';
import { saveVariables } from './save-variables.ts';
import type { EnvironmentInput } from './save-variables.ts';
import { settingsStyles } from './settings.styles.ts';
import { variableForm } from './variable-form.ts';
import { keyOf, variableList } from './variable-list.ts';
import { withoutVariable, withVariables } from './variables.ts';

addEnglish(settingsEnglish);

/** What is open above the list. */
type Open = { readonly form: 'add' } | { readonly form: 'replace'; readonly variable: Variable } | { readonly form: 'paste'; readonly read?: Dotenv } | undefined;

/**
 * @summary The variables and secrets of an app: listed with secrets masked, added, replaced, deleted, pasted from a .env file; and the deploy that brings nothing but them. Below them how much of the machine the app may have, and had when that was read.
 * @tag fapi-settings
 * @attr app-id - The app.
 * @attr readonly - Shows without changing.
 * @fires {CustomEvent<{appId, version}>} fapi-environment-save - The server has the variables.
 * @fires {CustomEvent<{appId, deployment}>} fapi-deploy-start - The server has taken the deploy of the variables.
 * @csspart list - The list of variables.
 * @csspart variable - A variable.
 * @csspart form - What a variable, or a whole .env file, is given in.
 * @csspart limits - Memory and folder: what is used, and what may be.
 * @csspart pasted - What was read from a .env file.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 */
export class FapiSettings extends LitElement {
  static override styles = [...base, controls, noticeStyles, settingsStyles];
  static override properties = {
    appId: { type: String, attribute: 'app-id' }, readonly: { type: Boolean, reflect: true }, client: { attribute: false },
    open: { state: true }, asked: { state: true }, problem: { state: true },
  };

  declare appId: string | undefined;
  declare readonly: boolean;
  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;
  declare open: Open;
  /** The variable whose end waits for a word. */
  declare asked: string | undefined;
  declare problem: string | undefined;

  readonly #app = new AppStoreController(this, { sees: ['app'] });
  readonly #act = new ActController(this);
  readonly #loaded = new LoadedController<Environment>(this, (signal) => this.#app.client!.environment.read(this.appId!, { signal }));
  readonly #limits = new LoadedController<AppLimits>(this, (signal) => this.#app.client!.apps.limits.read(this.appId!, { signal }));

  constructor() {
    super();
    this.readonly = false;
  }

  /** Deploys what is live with the variables as they are now, and nothing else. */
  async deployVariables(): Promise<void> {
    const { appId } = this;
    const { client } = this.#app;
    if (!client || !appId || this.readonly) return;
    await this.#act.run(async () => void emit(this, 'fapi-deploy-start', { appId, deployment: await client.deployments.create(appId, { revision: 'live' }) }));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('appId')) this.#close();
  }

  protected override render(): TemplateResult {
    return whenReady(this.#app, this.appId, 5, (snapshot) => html`${this.#environment(snapshot)}${this.#bounds(snapshot)}`);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('open') && this.open) this.renderRoot.querySelector<HTMLElement>('form input, form textarea, form button')?.focus();
    if (changed.has('asked') && this.asked) this.renderRoot.querySelector<HTMLElement>('.asks button')?.focus();
  }

  #environment({ app }: Pick<AppSnapshot, 'app'>): TemplateResult {
    // Whoever changes it elsewhere changes what a deploy would bring.
    this.#loaded.see(this.appId, [app?.changes.environment, app?.live?.envVersion].join());
    const { strings, locale } = this.#app;
    const { value, error } = this.#loaded;
    return html`
      <section aria-label=${strings.variables}>
        <header><h2>${strings.variables}</h2><span class="grow"></span>
          ${this.readonly || !value ? nothing : html`
            <button type="button" aria-expanded=${this.open?.form === 'paste'} @click=${() => this.#toggle({ form: 'paste' })}>${strings.pasteDotenv}</button>
            <button type="button" aria-expanded=${this.open?.form === 'add'} @click=${() => this.#toggle({ form: 'add' })}>${icons.add}${strings.addVariable}</button>`}
        </header>
        ${this.#act.failure === undefined ? nothing : errorBar(this.#act.failure, strings, locale)}
        ${app?.live && app.changes.environment ? html`<div class="bar" role="status" data-status="working"><p>${strings.variablesBehind}</p>
          ${this.readonly ? nothing : html`<span class="actions"><button type="button" aria-disabled=${this.#act.isActing || app.rollout === 'working' ? 'true' : nothing} @click=${() => void this.deployVariables()}>${strings.deployVariables}</button></span>`}</div>` : nothing}
        ${value ? this.#form(value.variables) : nothing}
        ${value ? (value.variables.length > 0 ? this.#list(value.variables) : this.open ? nothing : notice(strings.noVariablesTitle, strings.noVariablesText))
          : error === undefined ? skeleton(strings, 5) : errorNotice(error, strings, locale, () => void this.#loaded.reload())}
      </section>`;
  }

  #bounds({ app }: Pick<AppSnapshot, 'app'>): TemplateResult {
    // Another process holds something else; and whoever changes the limits swaps it.
    this.#limits.see(this.appId, [app?.live?.id, app?.health].join());
    const { strings, locale } = this.#app;
    const { value, error } = this.#limits;
    return html`
      <section aria-label=${strings.limits}>
        <header><h2>${strings.limits}</h2></header>
        ${value ? limitList(value, strings, locale) : error === undefined ? skeleton(strings, 2) : html`<p class="limits secondary">${strings.limitsUnreadable}</p>`}
      </section>`;
  }

  #list(variables: readonly Variable[]): TemplateResult {
    return variableList({
      variables, strings: this.#app.strings, isReadOnly: this.readonly, isBusy: this.#act.isActing, asked: this.asked,
      onReplace: (variable) => this.#toggle({ form: 'replace', variable }), onAsk: (variable) => { this.asked = variable && keyOf(variable); },
      onRemove: (variable) => void this.#save((known) => withoutVariable(known, variable)),
    });
  }

  #form(known: readonly Variable[]): unknown {
    const { strings, locale } = this.#app;
    const shared = { strings, isBusy: this.#act.isActing, onClose: () => this.#close() };
    if (this.open?.form === 'paste') return pasteForm({
      ...shared, locale, known, read: this.open.read, onRead: (text) => { this.open = { form: 'paste', read: parseDotenv(text) }; }, onSave: (variables) => void this.#save((now) => withVariables(now, variables)),
    });
    if (!this.open) return nothing;
    const replaced = this.open.form === 'replace' ? this.open.variable : undefined;
    return variableForm({ ...shared, replaced, problem: this.problem, onSave: (variable) => this.#put(variable, replaced) });
  }

  #put(variable: EnvironmentInput, replaced: Variable | undefined): void {
    this.problem = variableName.test(variable.name) ? undefined : this.#app.strings.variableNameShape;
    if (this.problem === undefined) void this.#save((known) => withVariables(replaced ? known.filter((one) => keyOf(one) !== keyOf(replaced)) : known, [variable]));
  }

  #toggle(open: NonNullable<Open>): void {
    const isSame = open.form !== 'replace' && this.open?.form === open.form;
    this.#close();
    if (!isSame) this.open = open;
  }

  /** Values go with the form: from its fields, which are not used for anything else, and from what was read. */
  #close(): void {
    for (const field of this.renderRoot?.querySelectorAll?.('form') ?? []) field.reset();
    this.open = undefined;
    this.asked = undefined;
    this.problem = undefined;
  }

  async #save(change: (known: readonly Variable[]) => EnvironmentInput[]): Promise<void> {
    const { appId } = this;
    const { client } = this.#app;
    if (!client || !appId || this.readonly) return;
    await this.#act.run(async () => {
      const saved = await saveVariables(client, appId, change);
      if (appId !== this.appId) return;
      this.#loaded.value = saved;
      this.#close();
      emit(this, 'fapi-environment-save', { appId, version: saved.version });
    });
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-settings': FapiSettings }
}
