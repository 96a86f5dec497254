import type { FapiClient } from '@fapi/sdk';
import type { ReactiveController, ReactiveElement } from 'lit';
import type { RememberedController } from '../../controllers/remembered.ts';
import type { ListWindow } from './list-window.ts';
import type { WrappedRows } from './wrapped-rows.ts';

interface WrapHost extends ReactiveElement { wrap: boolean; storageKey: string }
export interface WrapChoiceOptions { readonly client: () => FapiClient | undefined; readonly window: ListWindow }

/** Whether long lines wrap: as somebody chose in this browser, else as the page says. What it takes comes when the element is there: few ask for it. */
export class WrapChoice implements ReactiveController {
  readonly #host: WrapHost;
  readonly #options: WrapChoiceOptions;
  #given: boolean | undefined;
  #remembered: RememberedController | undefined;
  #Rows: typeof WrappedRows | undefined;
  #rows: WrappedRows | undefined;

  constructor(host: WrapHost, options: WrapChoiceOptions) {
    [this.#host, this.#options] = [host, options];
    host.addController(this);
  }

  hostConnected(): void {
    this.#given ??= this.#host.wrap;
    // Without it lines stay as they are.
    if (!this.#Rows) void this.#load().catch(() => undefined);
  }

  /** Lines are wrapped in what is drawn now. */
  get isOn(): boolean { return this.#rows !== undefined; }

  hostUpdate(): void {
    if (this.#host.wrap === this.isOn) return;
    this.#rows = this.#host.wrap && this.#Rows ? new this.#Rows() : undefined;
    this.#options.window.wrapped = this.#rows;
  }

  choose(wrap: boolean): void {
    this.#host.wrap = wrap;
    this.#remembered?.remember(wrap);
  }

  async #load(): Promise<void> {
    const [remembered, rows] = await Promise.all([import('../../controllers/remembered.ts'), import('./wrapped-rows.ts')]);
    if (this.#Rows) return;
    this.#Rows = rows.WrappedRows;
    this.#remembered = new remembered.RememberedController(this.#host, { key: () => this.#host.storageKey, client: this.#options.client, onOther: () => this.#recall() });
    this.#recall();
    this.#host.requestUpdate();
  }

  #recall(): void {
    const value = this.#remembered!.value;
    this.#host.wrap = typeof value === 'boolean' ? value : this.#given!;
  }
}
