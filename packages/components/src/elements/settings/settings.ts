import type { FapiClient } from '@fapi/sdk';
import { environmentLimits } from '@fapi/sdk/contract';
import type { App, AppLimits, Environment, RuntimePackages } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { addEnglish } from '../../catalogues.ts';
import { ActController } from '../../controllers/act.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { tellStart } from '../../controllers/deploy-news.ts';
import { FocusHeirController } from '../../controllers/focus-heir.ts';
import { LoadedController } from '../../controllers/loaded.ts';
import { isForDeploys } from '../../controllers/missing-variables.ts';
import { OnwardController } from '../../controllers/onward.ts';
import { deployFromPanel } from '../../deploy-draft.ts';
import type { FapiEvent } from '../../events.ts';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons-later.ts';
import { errorBar, errorNotice, notice, skeleton } from '../../parts/notice.ts';
import { whenReady } from '../../parts/when-ready.ts';
import { settingsEnglish } from '../../strings/settings.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { skeletonRows } from '../../styles/skeleton-rows.ts';
import { dangerZone, deletedHere } from './danger-zone.ts';
import { deployBars } from './deploy-bars.ts';
import { EditsController } from './variables/edits.ts';
import { EndsController } from './ends.ts';
import { heirsOfForm, heirsOfQuestion } from './heirs.ts';
import { limitList } from './limit-list.ts';
import { packageList } from './package-list.ts';
import { RunningController } from './running.ts';
import { settingsStyles } from './settings.styles.ts';

addEnglish(settingsEnglish);

/** From this part of the limit on it is shown how much is used. */
const near = 0.8;

const sections = ['variables', 'running', 'limits', 'packages', 'danger'] as const;
export type SettingsSection = (typeof sections)[number];

/**
 * @summary The variables and secrets of an app: listed with secrets masked, added, replaced, deleted, pasted from a .env file; and the deploy that brings nothing but them. Below them how the app is run: when it sleeps, whether two versions may overlap, when it goes back by itself; how much of the machine the app may have, and had when that was read; the packages that every app has; and what ends the app or stops it, with the way back.
 * @tag fapi-settings
 * @attr app-id - The app.
 * @attr section - One part alone: `variables`, `running`, `limits`, `packages` or `danger`; all of them when absent.
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
 * @csspart running - How the app is run.
 * @csspart limits - Memory and folder: what is used, and what may be.
 * @csspart pasted - What was read from a .env file.
 * @csspart root - The box around everything.
 * @csspart header - The line on top.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 */
export class FapiSettings extends LitElement {
  static override styles = [...base, controls, noticeStyles, skeletonRows, settingsStyles];
  static override properties = {
    appId: { type: String, attribute: 'app-id' }, section: { type: String }, readonly: { type: Boolean, reflect: true }, operator: { type: Boolean }, client: { attribute: false },
    arePackagesOpen: { state: true }, packageQuery: { state: true }, added: { state: true },
  };

  declare appId: string | undefined;
  declare section: SettingsSection | undefined;
  declare readonly: boolean;
  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;
  declare operator: boolean;
  declare arePackagesOpen: boolean;
  declare packageQuery: string;
  /** A variable that was missing, from when it is saved until the next deploy, which is `before` until then. */
  declare added: { readonly name: string; readonly before: string | undefined } | undefined;

  readonly #app = new AppStoreController(this, { sees: ['app'], onChange: ({ load }, before) => { if (before?.load === 'deleted' && load !== 'deleted') this.#ends.forget(); } });
  readonly #act = new ActController(this);
  readonly #ends = new EndsController(this, { app: this.#app, act: this.#act });
  readonly #loaded = new LoadedController<Environment>(this, (signal) => this.#app.client!.environment.read(this.appId!, { signal }));
  readonly #edits = new EditsController(this, { app: this.#app, act: this.#act, loaded: this.#loaded, onAdded: (name) => { this.added = { name, before: this.#app.snapshot?.app?.latest?.id }; } });
  readonly #running = new RunningController(this, { app: this.#app });
  readonly #limits = new LoadedController<AppLimits>(this, (signal) => this.#app.client!.apps.limits.read(this.appId!, { signal }));

  readonly #packages = new LoadedController<RuntimePackages>(this, (signal) => this.#app.client!.runtime.packages({ signal }));

  constructor() {
    super();
    new OnwardController(this, '[data-deploy]');
    for (const places of [{ from: '[data-deploy]', to: ['h2'] }, { from: '.variables .asks button', to: heirsOfQuestion }, { from: '[part=form] *', to: heirsOfForm }, { from: '.unsaved button', to: ['[data-add]'] }]) new FocusHeirController(this, places);
    [this.readonly, this.operator, this.arePackagesOpen, this.packageQuery] = [false, false, false, ''];
  }

  /** Deploys what is live with the variables as they are now, and nothing else. */
  async deployVariables(): Promise<void> {
    const { appId } = this;
    const { client, store } = this.#app;
    if (!client || !store || !appId || this.readonly) return;
    await this.#act.run(async () => void await tellStart(this, store, () => client.deployments.create(appId, { revision: 'live' })));
  }

  /** Saves and deploys the draft, with the variables as they are now, unless a listener of `fapi-deploy-request` cancels it. */
  async deployDraft(): Promise<void> {
    const { appId } = this;
    if (appId && !this.readonly) await this.#act.run(() => deployFromPanel(this, appId, this.#app));
  }

  /** Asks for the value of a new variable of this name, with the cursor in it once it is drawn. */
  addVariable(name: string): void {
    if (!this.readonly && this.#shows('variables')) this.#edits.want(name);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.ownerDocument.addEventListener('fapi-open-variable', this.#onVariable);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.ownerDocument.removeEventListener('fapi-open-variable', this.#onVariable);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('appId')) return;
    this.#edits.close();
    this.added = undefined;
    this.#ends.forget();
    this.#act.forget();
    this.#running.forget();
  }

  protected override render(): TemplateResult {
    const { strings, locale } = this.#app;
    const { gone } = this.#ends;
    if (gone) return html`${this.#act.failure === undefined ? nothing : errorBar(this.#act.failure, strings, locale)}${deletedHere(gone, this.#act.isActing, strings, locale, () => void this.#ends.restore())}`;
    return whenReady(this.#app, this.appId, 5, (snapshot) => this.#sections(snapshot), this.#loaded.value && strings.settingsAway);
  }

  #sections(snapshot: Pick<AppSnapshot, 'app'>): TemplateResult {
    const { strings, locale } = this.#app;
    return html`<div part="root">
      ${this.#shows('variables') ? this.#environment(snapshot) : this.#act.failure === undefined ? nothing : errorBar(this.#act.failure, strings, locale)}
      ${this.#shows('running') ? this.#choices(snapshot) : nothing}${this.#shows('limits') ? this.#bounds(snapshot) : nothing}${this.#shows('packages') ? this.#common() : nothing}${this.#shows('danger') ? this.#endings(snapshot) : nothing}
    </div>`;
  }

  /** What is no part is no wish either. */
  #shows(section: SettingsSection): boolean { return this.section === section || !sections.some((one) => one === this.section); }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('added') && this.added) this.renderRoot.querySelector<HTMLElement>('[data-deploy]')?.focus();
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
            <button type="button" data-paste aria-expanded=${this.#edits.form === 'paste'} @click=${() => this.#edits.toggle({ form: 'paste' })}>${strings.pasteDotenv}</button>
            <button type="button" data-add aria-expanded=${this.#edits.form === 'add'} @click=${() => this.#edits.toggle({ form: 'add' })}>${icons.add}${strings.addVariable}</button>`}
        </header>
        ${this.#act.failure === undefined ? nothing : errorBar(this.#act.failure, strings, locale)}
        ${deployBars({ app, added: this.#addedFor(app), isBusy: this.#act.isActing || app?.rollout === 'working', isReadOnly: this.readonly, strings, onDeploy: () => void this.deployDraft(), onDeployVariables: () => void this.deployVariables() })}
        ${value ? this.#edits.drawForm(value.variables) : nothing}
        ${value && value.variables.length >= environmentLimits.variables * near ? html`<p class="count secondary number">${strings.variablesUsed(formatNumber(value.variables.length, locale), formatNumber(environmentLimits.variables, locale))}</p>` : nothing}
        ${value ? (value.variables.length > 0 ? this.#edits.drawList(value.variables) : this.#edits.form ? nothing : notice(strings.noVariablesTitle, strings.noVariablesText))
          : error === undefined ? skeleton(strings, 5, true) : errorNotice(error, strings, locale, () => void this.#loaded.reload())}
      </section>`;
  }

  /** What was missing and was added, as long as the next deploy would have it. */
  #addedFor(app: App | undefined): string | undefined {
    const { added } = this;
    return added && !this.readonly && added.before === app?.latest?.id && isForDeploys(this.#loaded.value?.variables, added.name) ? added.name : undefined;
  }

  #choices({ app }: Pick<AppSnapshot, 'app'>): unknown {
    if (!app) return nothing;
    const { strings, locale } = this.#app;
    return html`
      <section aria-label=${strings.running}>
        <header><h2>${strings.running}</h2></header>
        ${this.#running.failure === undefined ? nothing : errorBar(this.#running.failure, strings, locale)}
        ${this.#running.draw(app, this.readonly)}
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

  readonly #onVariable = ({ detail: { appId, name } }: FapiEvent<'fapi-open-variable'>): void => { if (appId === this.appId) this.addVariable(name); };
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-settings': FapiSettings }
}
