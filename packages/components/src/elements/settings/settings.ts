import { parseDotenv } from '@fapi/sdk';
import type { Dotenv, FapiClient } from '@fapi/sdk';
import { environmentLimits } from '@fapi/sdk/contract';
import type { App, AppLimits, Environment, RuntimePackages, Variable } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { ActController } from '../../controllers/act.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { FocusHeirController } from '../../controllers/focus-heir.ts';
import { LoadedController } from '../../controllers/loaded.ts';
import { isForDeploys } from '../../controllers/missing-variables.ts';
import { deployFromPanel } from '../../deploy-draft.ts';
import { emit } from '../../events.ts';
import type { FapiEvent } from '../../events.ts';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons-later.ts';
import { errorBar, errorNotice, notice, skeleton } from '../../parts/notice.ts';
import { whenReady } from '../../parts/when-ready.ts';
import { settingsEnglish } from '../../strings/settings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { dangerZone, deletedHere } from './danger-zone.ts';
import { deployBars } from './deploy-bars.ts';
import { EndsController } from './ends.ts';
import { limitList } from './limit-list.ts';
import { packageList } from './package-list.ts';
import { pasteForm } from './paste-form.ts';
import { saveVariables } from './save-variables.ts';
import type { EnvironmentInput } from './save-variables.ts';
import { settingsStyles } from './settings.styles.ts';
import { variableForm } from './variable-form.ts';
import type { TypedVariable } from './variable-form.ts';
import { keyOf, variableList } from './variable-list.ts';
import { findNameProblem, problemsOf } from './variable-problems.ts';
import type { VariableProblems } from './variable-problems.ts';
import { withoutVariable, withVariables } from './variables.ts';

addEnglish(settingsEnglish);

/** From this part of the limit on it is shown how much is used. */
const near = 0.8;

/** What is open above the list. */
type Open = { readonly form: 'add'; readonly name?: string } | { readonly form: 'replace'; readonly variable: Variable } | { readonly form: 'paste'; readonly read?: Dotenv } | undefined;

/**
 * @summary The variables and secrets of an app: listed with secrets masked, added, replaced, deleted, pasted from a .env file; and the deploy that brings nothing but them. Below them how much of the machine the app may have, and had when that was read; the packages that every app has; and what ends the app or stops it, with the way back.
 * @tag fapi-settings
 * @attr app-id - The app.
 * @attr readonly - Shows without changing.
 * @attr operator - Whoever looks has the operator key: shows what suspends and resumes the app.
 * @fires {CustomEvent<{appId, version}>} fapi-environment-save - The server has the variables.
 * @fires {CustomEvent<{appId}>} fapi-deploy-request - Before the draft is deployed, with a variable that was missing; cancelable.
 * @fires {CustomEvent<{appId, deployment}>} fapi-deploy-start - The server has taken the deploy of the variables, or of the draft with them.
 * @fires {CustomEvent<{appId}>} fapi-app-delete-request - Before the app is deleted; cancelable.
 * @fires {CustomEvent<{appId}>} fapi-app-delete - It was deleted.
 * @fires {CustomEvent<{source: string, appId: string | undefined}>} fapi-ready - The app is drawn for the first time.
 * @fires {CustomEvent<{source: string, error: unknown}>} fapi-error - Something could not be read or done; once, when that begins.
 * @csspart packages - The packages that every app has.
 * @csspart danger - What ends the app or stops it.
 * @csspart list - The list of variables.
 * @csspart variable - A variable.
 * @csspart form - What a variable, or a whole .env file, is given in.
 * @csspart limits - Memory and folder: what is used, and what may be.
 * @csspart pasted - What was read from a .env file.
 * @csspart root - The box around everything.
 * @csspart header - The line on top.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 */
export class FapiSettings extends LitElement {
  static override styles = [...base, controls, noticeStyles, settingsStyles];
  static override properties = {
    appId: { type: String, attribute: 'app-id' }, readonly: { type: Boolean, reflect: true }, operator: { type: Boolean }, client: { attribute: false },
    open: { state: true }, asked: { state: true }, problem: { state: true }, typed: { state: true }, problems: { state: true }, arePackagesOpen: { state: true }, packageQuery: { state: true }, added: { state: true },
  };

  declare appId: string | undefined;
  declare readonly: boolean;
  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;
  declare open: Open;
  /** The variable whose end waits for a word. */
  declare asked: string | undefined;
  declare problem: string | undefined;
  declare operator: boolean;
  declare typed: TypedVariable | undefined;
  /** What the server has found in the variables that were sent last. */
  declare problems: VariableProblems;
  declare arePackagesOpen: boolean;
  declare packageQuery: string;
  /** A variable that was missing, from when it is saved until the next deploy, which is `before` until then. */
  declare added: { readonly name: string; readonly before: string | undefined } | undefined;

  readonly #app = new AppStoreController(this, { sees: ['app'] });
  readonly #act = new ActController(this);
  readonly #ends = new EndsController(this, { app: this.#app, act: this.#act });
  readonly #loaded = new LoadedController<Environment>(this, (signal) => this.#app.client!.environment.read(this.appId!, { signal }));
  readonly #limits = new LoadedController<AppLimits>(this, (signal) => this.#app.client!.apps.limits.read(this.appId!, { signal }));

  readonly #packages = new LoadedController<RuntimePackages>(this, (signal) => this.#app.client!.runtime.packages({ signal }));

  /** The variable that was asked for from elsewhere, because it is missing. */
  #wanted: string | undefined;
  /** A form has been asked for from elsewhere, and may have to wait for what it is drawn beside. */
  #isFocusDue = false;

  constructor() {
    super();
    new FocusHeirController(this, { from: '[data-deploy]', to: 'h2' });
    [this.readonly, this.operator, this.problems, this.arePackagesOpen, this.packageQuery] = [false, false, new Map(), false, ''];
  }

  /** Deploys what is live with the variables as they are now, and nothing else. */
  async deployVariables(): Promise<void> {
    const { appId } = this;
    const { client } = this.#app;
    if (!client || !appId || this.readonly) return;
    await this.#act.run(async () => void emit(this, 'fapi-deploy-start', { appId, deployment: await client.deployments.create(appId, { revision: 'live' }) }));
  }

  /** Saves and deploys the draft, with the variables as they are now, unless a listener of `fapi-deploy-request` cancels it. */
  async deployDraft(): Promise<void> {
    const { appId } = this;
    if (appId && !this.readonly) await this.#act.run(() => deployFromPanel(this, appId, this.#app));
  }

  /** Asks for the value of a new variable of this name, with the cursor in it once it is drawn. */
  addVariable(name: string): void {
    if (this.readonly) return;
    // Somebody may be at it, and has asked twice; or is at another, and what is typed there is not thrown away.
    if (this.open?.form !== 'add' || this.open.name !== name) {
      const typed = [...this.renderRoot.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('form textarea, [part=pasted] input')].find(({ value }) => value !== '');
      if (typed) return typed.focus();
      this.#close();
      // Somebody has added it meanwhile: its value is replaced, and nobody is to think that it is new.
      const present = this.#loaded.value?.variables.find((variable) => variable.name === name);
      this.open = present ? { form: 'replace', variable: present } : { form: 'add', name };
    }
    this.#wanted = name;
    this.#isFocusDue = true;
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.ownerDocument.addEventListener('fapi-open-variable', this.#onVariable);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ownerDocument.removeEventListener('fapi-open-variable', this.#onVariable);
    this.#close();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('appId')) return;
    this.#close();
    this.added = undefined;
    this.#ends.forget();
    this.#act.forget();
  }

  protected override render(): TemplateResult {
    const { strings, locale } = this.#app;
    const { gone } = this.#ends;
    if (gone) return html`${this.#act.failure === undefined ? nothing : errorBar(this.#act.failure, strings, locale)}${deletedHere(gone, this.#act.isActing, strings, locale, () => void this.#ends.restore())}`;
    return whenReady(this.#app, this.appId, 5, (snapshot) => html`<div part="root">${this.#environment(snapshot)}${this.#bounds(snapshot)}${this.#common()}${this.#endings(snapshot)}</div>`, this.#loaded.value && strings.settingsAway);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('open') && this.open) this.renderRoot.querySelector<HTMLElement>('form input, form textarea, form button')?.focus();
    if (this.#isFocusDue) this.#focusValue();
    if (changed.has('added') && this.added) this.renderRoot.querySelector<HTMLElement>('[data-deploy]')?.focus();
    if (changed.has('asked') && this.asked) this.renderRoot.querySelector<HTMLElement>('.asks button')?.focus();
  }

  #environment({ app }: Pick<AppSnapshot, 'app'>): TemplateResult {
    // Whoever changes it elsewhere changes what a deploy would bring.
    this.#loaded.see(this.appId, [app?.changes.environment, app?.live?.envVersion].join());
    const { strings, locale } = this.#app;
    const { value, error } = this.#loaded;
    return html`
      <section aria-label=${strings.variables}>
        <header part="header"><h2 tabindex="-1">${strings.variables}</h2><span class="grow"></span>
          ${this.readonly || !value ? nothing : html`
            <button type="button" aria-expanded=${this.open?.form === 'paste'} @click=${() => this.#toggle({ form: 'paste' })}>${strings.pasteDotenv}</button>
            <button type="button" aria-expanded=${this.open?.form === 'add'} @click=${() => this.#toggle({ form: 'add' })}>${icons.add}${strings.addVariable}</button>`}
        </header>
        ${this.#act.failure === undefined ? nothing : errorBar(this.#act.failure, strings, locale)}
        ${deployBars({ app, added: this.#addedFor(app), isBusy: this.#act.isActing || app?.rollout === 'working', isReadOnly: this.readonly, strings, onDeploy: () => void this.deployDraft(), onDeployVariables: () => void this.deployVariables() })}
        ${value ? this.#form(value.variables) : nothing}
        ${value && value.variables.length >= environmentLimits.variables * near ? html`<p class="count secondary number">${strings.variablesUsed(formatNumber(value.variables.length, locale), formatNumber(environmentLimits.variables, locale))}</p>` : nothing}
        ${value ? (value.variables.length > 0 ? this.#list(value.variables) : this.open ? nothing : notice(strings.noVariablesTitle, strings.noVariablesText))
          : error === undefined ? skeleton(strings, 5) : errorNotice(error, strings, locale, () => void this.#loaded.reload())}
      </section>`;
  }

  /** What was missing and was added, as long as the next deploy would have it. */
  #addedFor(app: App | undefined): string | undefined {
    const { added } = this;
    return added && !this.readonly && added.before === app?.latest?.id && isForDeploys(this.#loaded.value?.variables, added.name) ? added.name : undefined;
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
      variables, strings: this.#app.strings, isReadOnly: this.readonly, isBusy: this.#act.isActing, asked: this.asked, problems: this.problems,
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
    const name = this.open.form === 'add' ? this.open.name : undefined;
    return variableForm({ ...shared, locale, known, typed: this.typed, onType: (typed) => { this.typed = typed; }, name, replaced, problem: this.problem, onSave: (variable) => this.#put(variable, replaced) });
  }

  #put(variable: EnvironmentInput, replaced: Variable | undefined): void {
    this.problem = findNameProblem(variable.name, this.#app.strings);
    if (this.problem === undefined) void this.#save((known) => withVariables(replaced ? known.filter((one) => keyOf(one) !== keyOf(replaced)) : known, [variable]), variable);
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
    [this.problem, this.typed, this.problems, this.#wanted] = [undefined, undefined, new Map(), undefined];
  }

  /** `put`: the one that the form is about, where what is wrong with it is said. */
  async #save(change: (known: readonly Variable[]) => EnvironmentInput[], put?: EnvironmentInput): Promise<void> {
    const { appId } = this;
    const { client } = this.#app;
    if (!client || !appId || this.readonly) return;
    await this.#act.run(async () => {
      let sent: EnvironmentInput[] = [];
      const saved = await saveVariables(client, appId, (known) => (sent = change(known))).catch((error: unknown) => this.#blame(error, appId, sent, put));
      if (appId !== this.appId) return;
      this.#loaded.value = saved;
      if (put && put.name === this.#wanted) this.added = { name: put.name, before: this.#app.snapshot?.app?.latest?.id };
      this.#close();
      emit(this, 'fapi-environment-save', { appId, version: saved.version });
    });
  }

  /** Says what is wrong where it stands; what stands nowhere is said of the act. */
  #blame(error: unknown, appId: string, sent: readonly EnvironmentInput[], put: EnvironmentInput | undefined): never {
    if (appId !== this.appId) throw error;
    this.problems = problemsOf(error, sent, this.#app.strings, this.#app.locale);
    this.problem = [put && this.problems.get(keyOf(put)), this.problems.get('')].filter((one) => one !== undefined).join(' ') || undefined;
    throw error;
  }

  #common(): TemplateResult {
    const { strings, locale } = this.#app;
    if (this.arePackagesOpen) this.#packages.see(this.appId, '');
    const { value, error } = this.#packages;
    return packageList({ isOpen: this.arePackagesOpen, value, error, query: this.packageQuery, strings, locale, onToggle: (isOpen) => { this.arePackagesOpen = isOpen; }, onQuery: (query) => { this.packageQuery = query; }, onRetry: () => void this.#packages.reload() });
  }

  #endings({ app }: Pick<AppSnapshot, 'app'>): unknown {
    const { strings, locale } = this.#app;
    if (this.readonly || !app) return nothing;
    return dangerZone({ app, isOperator: this.operator, asked: this.#ends.asked, isBusy: this.#act.isActing, strings, locale, onAsk: (act) => this.#ends.ask(act), onAct: (act) => void this.#ends.run(act, app) });
  }

  /** Its name is there already. */
  #focusValue(): void {
    const field = this.renderRoot.querySelector<HTMLElement>('form [name=value]');
    if (!field) return;
    this.#isFocusDue = false;
    field.focus();
  }

  readonly #onVariable = ({ detail: { appId, name } }: FapiEvent<'fapi-open-variable'>): void => { if (appId === this.appId) this.addVariable(name); };
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-settings': FapiSettings }
}
