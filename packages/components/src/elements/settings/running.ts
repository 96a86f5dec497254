import type { FapiClient } from '@fapi/sdk';
import type { App, AppSettings } from '@fapi/sdk/contract';
import type { ReactiveElement, TemplateResult } from 'lit';
import { tellError } from '../../events.ts';
import type { Strings } from '../../strings.ts';
import { type RuleField, runningForm } from './running-form.ts';

export interface RunningOptions {
  readonly app: { readonly client: FapiClient | undefined; readonly snapshot: { readonly app: App | undefined } | undefined; readonly strings: Strings; readonly locale: string };
}

/** Keeps how the app is run, one choice after the other in the order in which they were made. */
export class RunningController {
  readonly #host: ReactiveElement;
  readonly #options: RunningOptions;
  /** What was chosen and is not kept yet. */
  #chosen: Partial<AppSettings> = {};
  /** What the server has answered, until the app is told of anew. */
  #kept: { readonly over: App | undefined; readonly settings: AppSettings } | undefined;
  #saving: object | undefined;
  #wrong: RuleField | undefined;
  failure: unknown;

  constructor(host: ReactiveElement, options: RunningOptions) {
    [this.#host, this.#options] = [host, options];
  }

  draw(app: App, isReadOnly: boolean): TemplateResult {
    const { strings, locale } = this.#options.app;
    const known = this.#kept?.over === app ? this.#kept.settings : app.settings;
    return runningForm({
      settings: { ...known, ...this.#chosen }, isReadOnly, wrong: this.#wrong, strings, locale,
      onChange: (change) => {
        [this.#wrong, this.failure] = [undefined, undefined];
        Object.assign(this.#chosen, change);
        void this.#save(app);
      },
      onWrong: (field) => {
        this.#wrong = field;
        this.#host.requestUpdate();
      },
    });
  }

  /** Another app is shown: what is on its way to the one before gets there. */
  forget(): void {
    [this.#chosen, this.#kept, this.#saving, this.#wrong, this.failure] = [{}, undefined, undefined, undefined, undefined];
  }

  async #save(app: App): Promise<void> {
    this.#host.requestUpdate();
    const { client } = this.#options.app;
    if (this.#saving || !client) return;
    const own = (this.#saving = {});
    try {
      while (this.#saving === own && Object.keys(this.#chosen).length > 0) {
        const settings = { ...this.#chosen };
        // Whatever is told of the app from here on is as new, and what this changes is told of too.
        const over = this.#options.app.snapshot?.app;
        const answer = await client.apps.patch(app.id, { settings });
        if (this.#saving !== own) return;
        this.#kept = { over, settings: answer.settings };
        // What was chosen anew meanwhile is to be kept yet.
        this.#chosen = Object.fromEntries(Object.entries(this.#chosen).filter(([name, value]) => settings[name as keyof AppSettings] !== value));
      }
    } catch (error) {
      // What is shown is what is kept.
      if (this.#saving === own) [this.#chosen, this.failure] = [{}, error];
      tellError(this.#host, error);
    } finally {
      if (this.#saving === own) this.#saving = undefined;
      this.#host.requestUpdate();
    }
  }
}
