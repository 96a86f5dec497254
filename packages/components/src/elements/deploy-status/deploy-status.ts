import type { FapiClient } from '@fapi/sdk';
import type { Deployment, FailureReport, Finding } from '@fapi/sdk/contract';
import type { AppSnapshot } from '@fapi/sdk/workspace';
import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { canCancel, isDraftLive, isOfEarlierDraft, isWorking } from '../../app-status.ts';
import { addEnglish } from '../../catalogues.ts';
import { ActController } from '../../controllers/act.ts';
import { AppStoreController } from '../../controllers/app-store.ts';
import { ClockController } from '../../controllers/clock.ts';
import { DeployNewsController } from '../../controllers/deploy-news.ts';
import { FocusHeirController } from '../../controllers/focus-heir.ts';
import { MissingVariablesController, isMended } from '../../controllers/missing-variables.ts';
import { isLedOn } from '../../controllers/onward.ts';
import { TakingController } from '../../controllers/taking.ts';
import { deployAgain } from '../../deploy-draft.ts';
import { emit } from '../../events.ts';
import { formatNumber } from '../../format.ts';
import * as icons from '../../icons-later.ts';
import { copyButton } from '../../parts/copy-button.ts';
import { errorBar, notice } from '../../parts/notice.ts';
import { ago, deployedAt } from '../../parts/since.ts';
import { statusShape } from '../../parts/status-pill.ts';
import { whenReady } from '../../parts/when-ready.ts';
import { deploymentEnglish } from '../../strings/deployment.ts';
import { base } from '../../styles/base.ts';
import { controls } from '../../styles/controls.ts';
import { findingStyles } from '../../styles/findings.ts';
import { noticeStyles } from '../../styles/notice.ts';
import { statusStyles } from '../../styles/status.ts';
import { deployStatusStyles } from './deploy-status.styles.ts';
import { draftPlaces } from '../../draft-places.ts';
import type { Place } from '../../draft-places.ts';
import { findAilment, findPast } from './ailment.ts';
import { failureCard } from './failure-card.ts';
import type { FailureCardOptions } from './failure-card.ts';
import { headlineOf } from './headline.ts';
import { OriginController } from './origin.ts';
import { describeReason } from './reason.ts';
import { RolledBackController } from './rolled-back.ts';
import { steps } from './steps.ts';

addEnglish(deploymentEnglish);

type Shown = Pick<AppSnapshot, 'deployment' | 'app' | 'draftVersion' | 'dirtyPaths' | 'files' | 'logs'>;
/** What a card says of a deployment. */
interface Said extends Partial<Pick<FailureCardOptions, 'isPast' | 'isEarlier' | 'present' | 'again'>> {
  readonly sentence: unknown;
  readonly report: FailureReport | undefined;
  readonly findings?: readonly Finding[] | undefined;
}
const none: ReadonlySet<string> = new Set();

/**
 * @summary The newest deploy of an app: its stages with times, why it failed and where, what is wrong with it while it is live, and the way to the live app.
 * @tag fapi-deploy-status
 * @attr app-id - The app.
 * @attr readonly - Shows without cancelling or changing the draft.
 * @fires {CustomEvent<{appId, file, line, column}>} fapi-open-location - A place was chosen; fapi-editor of the same app opens it.
 * @fires {CustomEvent<{appId, name}>} fapi-open-variable - A variable that is missing is to be added; fapi-settings of the same app asks for its value.
 * @fires {CustomEvent<{appId}>} fapi-open-entry - A main.py is missing and is to be chosen; fapi-editor of the same app asks which file it is to be.
 * @fires {CustomEvent<{appId}>} fapi-deploy-request - Before what failed is deployed again, with a variable that was missing; cancelable.
 * @fires {CustomEvent<{appId, deployment}>} fapi-deploy-start - The server has taken that deploy.
 * @fires {CustomEvent<{appId, deployment, stage}>} fapi-deploy-stage - A deploy that somebody asked for has come to this stage.
 * @fires {CustomEvent<{appId, deployment}>} fapi-deploy-end - It is live or has ended. Once: of what a fapi-editor of the same page has started, it is said there.
 * @fires {CustomEvent<{appId, revision}>} fapi-draft-take - The files that are live are in the editor again, and not saved yet.
 * @fires {CustomEvent<{source: string, appId: string | undefined}>} fapi-ready - The app is drawn for the first time.
 * @fires {CustomEvent<{source: string, error: unknown}>} fapi-error - Something could not be read or done; once, when that begins.
 * @csspart steps - The list of stages.
 * @csspart step - A stage.
 * @csspart failure - Why it failed, or why what was live before is live again.
 * @csspart past - How the app that runs last crashed, or what it last answered with 500 for.
 * @csspart problem - A finding.
 * @csspart problems - The findings of a deploy that was refused.
 * @csspart root - The box around everything.
 * @csspart header - The line on top.
 * @csspart status - What the deploy does, in a word and a shape.
 * @csspart error - Why it cannot be shown, or what went wrong.
 * @csspart empty - What is said when there is nothing to show.
 * @csspart loading - The place of what is on its way.
 */
export class FapiDeployStatus extends LitElement {
  static override styles = [...base, controls, statusStyles, noticeStyles, findingStyles, deployStatusStyles];
  static override properties = { appId: { type: String, attribute: 'app-id' }, readonly: { type: Boolean, reflect: true }, client: { attribute: false } };

  declare appId: string | undefined;
  declare readonly: boolean;
  /** For this element alone; else it is the client of the `fapi-provider` around it. */
  declare client: FapiClient | undefined;

  readonly #app = new AppStoreController(this, { sees: ['deployment', 'app', 'draftVersion', 'dirtyPaths', 'files', 'logs'], onChange: (snapshot) => this.#onSnapshot(snapshot) });
  readonly #news = new DeployNewsController(this);
  readonly #act = new ActController(this);
  readonly #taking = new TakingController(this, { app: this.#app, act: this.#act });
  readonly #clock = new ClockController(this, () => this.#app.snapshot?.deployment !== undefined, () => isWorking(this.#app.snapshot?.deployment));
  readonly #origin = new OriginController(this, this.#app);
  readonly #rolledBack = new RolledBackController(this, this.#app);
  readonly #missing = new MissingVariablesController(this, this.#app);

  constructor() {
    super();
    new FocusHeirController(this, { from: 'button', to: ['[data-undo]', '.headline'] });
    this.readonly = false;
  }

  /** Cancels the deploy that runs. What cannot be cancelled any more goes live. */
  async cancel(): Promise<void> {
    if (!this.readonly) await this.#app.store?.cancel().catch(() => undefined);
  }

  /** Puts the files that are live into the editor in the place of the draft's; until something is typed over them, the draft as it was can be had back. */
  async putBack(): Promise<void> {
    const live = this.#app.snapshot?.app?.live;
    if (live && !this.readonly) await this.#taking.take(live.revision, live.revision);
  }

  /** Deploys what failed again, with the variables as they are now: the draft, with what is typed into it and not saved yet, where it is that version still; else what failed as it was. Nothing when the newest deploy has not failed. A listener of `fapi-deploy-request` may cancel it. */
  async retry(): Promise<void> {
    const deployment = this.#app.snapshot?.deployment;
    if (deployment?.status === 'failed') await this.#deployAgain(deployment);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('appId')) return;
    this.#taking.forget();
    this.#act.forget();
  }

  #onSnapshot(snapshot: AppSnapshot): void {
    this.#taking.see(snapshot);
    if (this.#app.store) this.#news.see(this.#app.store, snapshot);
  }

  protected override render(): TemplateResult {
    const { strings } = this.#app;
    return whenReady(this.#app, this.appId, 5, (snapshot) => (snapshot.deployment ? this.#newest(snapshot.deployment, snapshot) : notice(strings.notDeployedTitle, strings.notDeployedText)), strings.deploymentAway);
  }

  /** What failed gives its place to what is live, once the draft is that again. */
  #newest(latest: Deployment, snapshot: Shown): TemplateResult {
    const { app, draftVersion, dirtyPaths } = snapshot;
    const draft = { draftVersion, isDirty: dirtyPaths.size > 0 };
    const isEarlier = isOfEarlierDraft(latest, draft);
    const isOver = isEarlier && isDraftLive(app, draft);
    return this.#deployment(isOver ? app!.live! : latest, snapshot, isOver ? latest : undefined, isEarlier && !isOver);
  }

  #deployment(deployment: Deployment, snapshot: Shown, earlier: Deployment | undefined, isEarlier: boolean): TemplateResult {
    const { strings, locale } = this.#app;
    const ailment = findAilment(deployment, snapshot.app, strings);
    const past = ailment ? [] : findPast(deployment, snapshot).map(({ kind, at, report }) => this.#card(deployment, snapshot, { sentence: html`${kind === 'crash' ? strings.lastCrash : strings.lastError} ${this.#ago(at)}`, report, isPast: true }));
    const failure = ailment ? this.#card(deployment, snapshot, ailment) : deployment.status === 'failed' ? this.#failed(deployment, snapshot, isEarlier) : nothing;
    const left = this.#rolledBack.of(deployment);
    const headline = ailment ?? (left && { shape: 'live', word: strings.liveAgain }) ?? headlineOf(deployment, strings, locale);
    return html`
      <section part="root" aria-label=${strings.deployment}>
        <header part="header">
          <h2>${strings.generation(formatNumber(deployment.generation, locale))}</h2>
          ${this.#ago(deployedAt(deployment))}
          <span class="grow"></span>
          ${canCancel(deployment) && !this.readonly ? html`<button type="button" @click=${() => void this.cancel()}>${icons.stop}${strings.cancel}</button>` : nothing}
        </header>
        <p class="headline" part="status" role="status" tabindex="-1" data-status=${headline.shape}>${statusShape(headline.shape)}<span class="number">${headline.word}</span></p>
        ${this.#origin.draw(deployment)}
        ${left ? this.#left(left, snapshot) : nothing}
        ${steps(deployment, strings, locale, this.#clock.now())}
        ${failure}
        ${deployment.status === 'live' || snapshot.app?.live ? html`
          <footer>
            <a href=${deployment.url} target="_blank" rel="noopener" class="url" title=${`${strings.openApp}: ${deployment.url}`}><span class="mono">${deployment.url}</span>${icons.external}</a>
            ${copyButton(() => `curl -i ${deployment.url}`, strings, strings.copyCurl)}
          </footer>` : nothing}
        ${past}
        ${earlier ? html`
          ${this.#taking.word === undefined ? nothing : html`<div class="given">${this.#wayBack(snapshot)}</div>`}
          <details class="earlier"><summary>${strings.earlierFailed(formatNumber(earlier.generation, locale))} ${this.#ago(deployedAt(earlier))}</summary>${this.#card(earlier, snapshot, { sentence: this.#why(earlier), report: earlier.failure, findings: earlier.findings, isPast: true, present: this.#missing.present(earlier, snapshot.app) })}</details>` : nothing}
      </section>`;
  }

  #failed(deployment: Deployment, snapshot: Shown, isEarlier: boolean): TemplateResult {
    const { strings } = this.#app;
    const { failure: report, findings = [], reason } = deployment;
    const words = [...(isEarlier && reason === 'validation_failed' ? [] : [this.#why(deployment)]), ...(isEarlier ? [strings.ofEarlierDraft] : []), ...(snapshot.app?.live ? [strings.stillLive] : [])];
    const present = this.#missing.present(deployment, snapshot.app);
    // Who has gone on with the draft wants that live, and not what it was.
    const isAsked = !isEarlier || deployment.draftVersion === snapshot.draftVersion;
    const again = isAsked && isMended(deployment, present) ? html`
      <p class="way-back">${isLedOn(this.appId) ? nothing : html`<button type="button" data-deploy aria-disabled=${this.#act.isActing ? 'true' : nothing} @click=${() => void this.#deployAgain(deployment)}>${icons.reload}${strings.deployAgain}</button>`}<span class="secondary">${[...present].map((name) => strings.variableThere(name)).join(' ')}</span></p>` : nothing;
    return this.#card(deployment, snapshot, { sentence: words.join(' '), report, findings, isEarlier, present, again });
  }

  /** It is no news any more for who has what is live in the draft. */
  #left(left: Deployment, snapshot: Shown): TemplateResult {
    const { strings, locale } = this.#app;
    const isOver = isDraftLive(snapshot.app, { draftVersion: snapshot.draftVersion, isDirty: snapshot.dirtyPaths.size > 0 });
    // Who is told by numbers alone, as of too many answers of 500, has no report.
    const sentence = html`${strings.rolledBackText(formatNumber(left.generation, locale))}${left.failure || !left.message ? nothing : html` ${strings.runnerSays(left.message)}`}`;
    return this.#card(left, snapshot, { sentence, report: left.failure, isPast: isOver });
  }

  #why({ reason }: Deployment): string {
    const { strings } = this.#app;
    return reason ? describeReason(reason, strings) : strings.statusFailed;
  }

  #card(deployment: Deployment, snapshot: Shown, { sentence, report, findings = [], isPast = false, isEarlier = false, present = none, again = nothing }: Said): TemplateResult {
    const { strings, locale } = this.#app;
    const canMend = !this.readonly;
    return failureCard({
      sentence, isPast, isEarlier, failure: report, findings, present, again, places: draftPlaces(deployment, snapshot), generation: formatNumber(deployment.generation, locale), strings, locale, onPlace: (place) => this.#goTo(place),
      onVariable: canMend ? (name) => this.#askVariable(name) : undefined, onEntry: canMend && !snapshot.files.some(({ path }) => path === 'main.py') ? () => this.#askEntry() : undefined,
      wayBack: isPast ? nothing : html`${this.#wayBack(snapshot)}${this.#act.failure === undefined ? nothing : errorBar(this.#act.failure, strings, locale)}`,
    });
  }

  /** To what is live, where the draft is something else. */
  #wayBack({ app, dirtyPaths }: Pick<AppSnapshot, 'app' | 'dirtyPaths'>): unknown {
    const { strings } = this.#app;
    if (this.#taking.word !== undefined) return html`<p class="way-back" role="status">${strings.putBackDone} <button type="button" class="quiet" data-undo @click=${() => this.#taking.giveBack()}>${strings.undo}</button></p>`;
    if (this.readonly || !app?.live || !(app.changes.code || dirtyPaths.size > 0)) return nothing;
    return html`
      <p class="way-back"><button type="button" title=${strings.putBackHint} aria-disabled=${this.#act.isActing ? 'true' : nothing} @click=${() => void this.putBack()}>${icons.back}${strings.putBack}</button></p>`;
  }

  #ago(at: string): TemplateResult {
    const { strings, locale } = this.#app;
    return html`<span class="secondary">${ago(at, { now: this.#clock.now(), strings, locale })}</span>`;
  }

  async #deployAgain(deployment: Deployment): Promise<void> {
    const { appId } = this;
    if (appId && !this.readonly) await this.#act.run(() => deployAgain(this, appId, deployment, this.#app));
  }

  #askEntry(): void {
    if (this.appId) emit(this, 'fapi-open-entry', { appId: this.appId });
  }

  #askVariable(name: string): void {
    if (this.appId) emit(this, 'fapi-open-variable', { appId: this.appId, name });
  }

  #goTo(place: Place): void {
    if (this.appId) emit(this, 'fapi-open-location', { appId: this.appId, ...place });
  }
}

declare global {
  interface HTMLElementTagNameMap { 'fapi-deploy-status': FapiDeployStatus }
}
