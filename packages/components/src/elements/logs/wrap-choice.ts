import type { FapiClient } from '@fapi/sdk';
import type { ReactiveController, ReactiveElement } from 'lit';
import { RememberedController } from '../../controllers/remembered.ts';
import type { ListWindow } from './list-window.ts';
import { WrappedRows } from './wrapped-rows.ts';

interface WrapHost extends ReactiveElement { wrap: boolean; storageKey: string }
export interface WrapChoiceOptions { readonly client: () => FapiClient | undefined; readonly window: ListWindow }

/** Whether long lines wrap: as somebody chose in this browser, else as the page says. Comes after its list: few ask for it. */
export class WrapChoice implements ReactiveController {
  readonly #host: WrapHost;
  readonly #window: ListWindow;
  readonly #given: boolean;
  readonly #remembered: RememberedController;
  #isOn = false;

  constructor(host: WrapHost, { client, window }: WrapChoiceOptions) {
    [this.#host, this.#window, this.#given] = [host, window, host.wrap];
    this.#remembered = new RememberedController(host, { key: () => host.storageKey, client, onOther: () => this.#recall() });
    host.addController(this);
    this.#recall();
    host.requestUpdate();
  }

  /** What is drawn now wraps. */
  get isOn(): boolean { return this.#isOn; }

  hostUpdate(): void {
    if (this.#host.wrap === this.#isOn) return;
    this.#isOn = this.#host.wrap;
    this.#window.wrapped = this.#isOn ? new WrappedRows() : undefined;
  }

  choose(wrap: boolean): void {
    this.#host.wrap = wrap;
    this.#remembered.remember(wrap);
  }

  #recall(): void {
    const { value } = this.#remembered;
    this.#host.wrap = typeof value === 'boolean' ? value : this.#given;
  }
}
