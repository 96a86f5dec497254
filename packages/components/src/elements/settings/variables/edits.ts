import { type Dotenv, parseDotenv } from '@fapi/sdk/dotenv';
import type { FapiClient } from '@fapi/sdk';
import type { Environment, Variable } from '@fapi/sdk/contract';
import { html, nothing } from 'lit';
import type { ReactiveController, ReactiveElement, TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { ActController } from '../../../controllers/act.ts';
import type { LoadedController } from '../../../controllers/loaded.ts';
import { emit } from '../../../events.ts';
import type { Strings } from '../../../strings.ts';
import { pasteForm } from './paste-form.ts';
import { saveVariables } from './save-variables.ts';
import type { EnvironmentInput } from './save-variables.ts';
import { unsavedBar } from './unsaved-bar.ts';
import { variableForm } from './variable-form.ts';
import type { TypedVariable } from './variable-form.ts';
import { keyOf, variableList } from './variable-list.ts';
import { findNameProblem, problemsOf } from './variable-problems.ts';
import type { VariableProblems } from './variable-problems.ts';
import { withoutVariable, withVariables } from './variables.ts';

/** What is open above the list. */
type Open = { readonly form: 'add'; readonly name?: string } | { readonly form: 'replace'; readonly variable: Variable } | { readonly form: 'paste'; readonly read?: Dotenv };
/** What somebody has asked for while something is typed; nothing is open after it where `open` is undefined. */
interface Next { readonly open: Open | undefined; readonly wanted?: string }
type Host = ReactiveElement & { readonly appId: string | undefined; readonly readonly: boolean };

/** What goes when a form is closed. */
interface Edit {
  readonly open?: Open | undefined;
  /** The variable whose end waits for a word. */
  readonly asked?: string | undefined;
  readonly problem?: string | undefined;
  readonly typed?: TypedVariable | undefined;
  /** What the server has found in the variables that were sent last. */
  readonly problems?: VariableProblems;
  /** The variable that was asked for from elsewhere, because it is missing. */
  readonly wanted?: string | undefined;
  /** Waits for a word, because what is typed would be lost. */
  readonly next?: Next | undefined;
}

export interface EditsOptions {
  readonly act: ActController;
  readonly app: { readonly client: FapiClient | undefined; readonly strings: Strings; readonly locale: string };
  readonly loaded: LoadedController<Environment>;
  /** One that was missing is saved. */
  readonly onAdded: (name: string) => void;
}

/** Another one has fields of its own: what was in those of the one before is nowhere in them. */
const nameOf = (open: Open): string => (open.form === 'replace' ? keyOf(open.variable) : open.form === 'add' ? `add ${open.name ?? ''}` : open.form);

/** What somebody does to variables: the form above the list, the question before one is deleted, and what the server says of what it was sent. */
export class EditsController implements ReactiveController {
  readonly #host: Host;
  readonly #options: EditsOptions;
  #edit: Edit = {};
  /** What is to have the focus once it is drawn, which may take until there is something beside which it is. */
  #due: string | undefined;

  constructor(host: Host, options: EditsOptions) {
    [this.#host, this.#options] = [host, options];
    host.addController(this);
  }

  get form(): Open['form'] | undefined { return this.#edit.open?.form; }

  hostUpdated(): void {
    const due = this.#due === undefined ? null : this.#host.renderRoot.querySelector<HTMLElement>(this.#due);
    if (!due) return;
    this.#due = undefined;
    due.focus();
  }

  hostDisconnected(): void {
    // A move in the page disconnects and connects in one go.
    queueMicrotask(() => { if (!this.#host.isConnected) this.close(); });
  }

  toggle(open: Open): void {
    const now = this.#edit.open;
    if (now?.form === 'replace' && open.form === 'replace' && keyOf(now.variable) === keyOf(open.variable)) return this.#stay();
    this.#leave({ open: now?.form === open.form && open.form !== 'replace' ? undefined : open });
  }

  /** Values go with the form: from its fields, which are not used for anything else, and from what was read. */
  close(): void {
    for (const field of this.#host.renderRoot?.querySelectorAll?.('form') ?? []) field.reset();
    this.#due = undefined;
    this.#set({ open: undefined, asked: undefined, problem: undefined, typed: undefined, problems: new Map(), wanted: undefined, next: undefined });
  }

  /** Asks for the value of one that is missing. */
  want(name: string): void {
    const { open } = this.#edit;
    // Somebody is at it, and has asked twice.
    if (open?.form === 'add' && open.name === name) {
      this.#due = 'form [name=value]';
      return this.#set({ wanted: name, next: undefined });
    }
    // Somebody has added it meanwhile: its value is replaced, and nobody is to think that it is new.
    const present = this.#options.loaded.value?.variables.find((variable) => variable.name === name);
    this.#leave({ open: present ? { form: 'replace', variable: present } : { form: 'add', name }, wanted: name });
  }

  drawList(variables: readonly Variable[]): TemplateResult {
    const { act, app: { strings } } = this.#options;
    return variableList({
      variables, strings, isReadOnly: this.#host.readonly, isBusy: act.isActing, asked: this.#edit.asked, problems: this.#edit.problems ?? new Map(),
      onReplace: (variable) => this.toggle({ form: 'replace', variable }), onAsk: (variable) => this.#ask(variable),
      onRemove: (variable) => void this.#save((known) => withoutVariable(known, variable), () => this.#onRemoved(variable)),
    });
  }

  drawForm(known: readonly Variable[]): unknown {
    const { strings } = this.#options.app;
    const { open, next } = this.#edit;
    if (!open) return nothing;
    return html`${next ? unsavedBar(strings, () => this.#go(next), () => this.#stay()) : nothing}${keyed(nameOf(open), this.#form(open, known))}`;
  }

  #form(open: Open, known: readonly Variable[]): TemplateResult {
    const { act, app: { strings, locale } } = this.#options;
    const { typed, problem } = this.#edit;
    const onSaved = (): void => this.#onSaved(open);
    const shared = { strings, locale, known, isBusy: act.isActing, onClose: () => this.close() };
    if (open.form === 'paste') return pasteForm({ ...shared, read: open.read, onRead: (text) => this.#show({ form: 'paste', read: parseDotenv(text) }), onSave: (variables) => void this.#save((now) => withVariables(now, variables), onSaved) });
    const replaced = open.form === 'replace' ? open.variable : undefined;
    const name = open.form === 'add' ? open.name : undefined;
    return variableForm({ ...shared, typed, onType: (now) => this.#set({ typed: now }), name, replaced, problem, onSave: (variable) => this.#put(variable, replaced, onSaved) });
  }

  /** Is there anything that closing would lose? */
  #isTyped(): boolean {
    const { open } = this.#edit;
    const given = open?.form === 'add' ? open.name ?? '' : '';
    const fields = this.#host.renderRoot.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('[part=form] textarea, [part=form] [name=name], [part=pasted] input');
    return open !== undefined && [...fields].some(({ name, value }) => value !== (name === 'name' ? given : ''));
  }

  /** To what was asked for; after a word where something is typed. */
  #leave(next: Next): void {
    if (!this.#isTyped()) return this.#go(next);
    this.#due = '.unsaved [data-keep]';
    this.#set({ next });
  }

  #go({ open, wanted }: Next): void {
    this.close();
    if (open) this.#show(open);
    if (wanted === undefined) return;
    // Its name is there already.
    this.#due = 'form [name=value]';
    this.#set({ wanted });
  }

  #stay(): void {
    this.#due = '[part=form] textarea, [part=form] input';
    this.#set({ next: undefined });
  }

  /** Something else may be open by now. */
  #onSaved(open: Open): void {
    if (this.#edit.open === open) this.close();
  }

  #onRemoved(variable: Variable): void {
    const { open, asked } = this.#edit;
    if (open?.form === 'replace' && keyOf(open.variable) === keyOf(variable)) return this.close();
    this.#set({ problems: new Map(), ...(asked === keyOf(variable) ? { asked: undefined } : {}) });
  }

  #show(open: Open): void {
    this.#due = 'form input, form textarea, form button';
    this.#set({ open });
  }

  #ask(variable: Variable | undefined): void {
    if (variable) this.#due = '.asks button';
    this.#set({ asked: variable && keyOf(variable) });
  }

  #put(variable: EnvironmentInput, replaced: Variable | undefined, onSaved: () => void): void {
    const problem = findNameProblem(variable.name, this.#options.app.strings);
    this.#set({ problem });
    if (problem === undefined) void this.#save((known) => withVariables(replaced ? known.filter((one) => keyOf(one) !== keyOf(replaced)) : known, [variable]), onSaved, variable);
  }

  /** `put`: the one that the form is about, where what is wrong with it is said. */
  async #save(change: (known: readonly Variable[]) => EnvironmentInput[], onSaved: () => void, put?: EnvironmentInput): Promise<void> {
    const { act, app: { client }, loaded, onAdded } = this.#options;
    const { appId, readonly } = this.#host;
    if (!client || !appId || readonly) return;
    await act.run(async () => {
      let sent: EnvironmentInput[] = [];
      const saved = await saveVariables(client, appId, (known) => (sent = change(known))).catch((error: unknown) => {
        if (appId === this.#host.appId) this.#blame(error, sent, put);
        throw error;
      });
      if (appId !== this.#host.appId) return;
      loaded.value = saved;
      if (put && put.name === this.#edit.wanted) onAdded(put.name);
      onSaved();
      emit(this.#host, 'fapi-environment-save', { appId, version: saved.version });
    });
  }

  /** Says what is wrong where it stands; what stands nowhere is said of the act. */
  #blame(error: unknown, sent: readonly EnvironmentInput[], put: EnvironmentInput | undefined): void {
    const { strings, locale } = this.#options.app;
    const problems = problemsOf(error, sent, strings, locale);
    this.#set({ problems, problem: [put && problems.get(keyOf(put)), problems.get('')].filter((one) => one !== undefined).join(' ') || undefined });
  }

  #set(change: Edit): void {
    this.#edit = { ...this.#edit, ...change };
    this.#host.requestUpdate();
  }
}
