import type { AppFile } from '@fapi/sdk/contract';
import type { AppStore } from '@fapi/sdk/workspace';
import { areSame } from '../../same-files.ts';
import type { SaidGoes, TreeSaid } from '../file-tree/said.ts';

export interface FileNoticeOptions {
  readonly store: () => AppStore | undefined;
  /** Could the last act be taken back, of this draft? */
  readonly isUndoable: (files: readonly AppFile[]) => boolean;
  /** What is drawn is another. */
  readonly onChange: () => void;
}

/** What is said of the last act on files, and for how long. */
export class FileNotice {
  readonly #options: FileNoticeOptions;
  /** What became of the last act. */
  said: TreeSaid | undefined;
  /** When that goes by itself; undefined while it stays. */
  goes: SaidGoes;
  /** The draft that it was said of. */
  #of: readonly AppFile[] = [];
  /** What may still have an offer added to it. */
  #awaited: TreeSaid | undefined;

  constructor(options: FileNoticeOptions) {
    this.#options = options;
  }

  say(said: TreeSaid | undefined, goes?: SaidGoes): void {
    [this.said, this.goes, this.#of] = [said, goes, this.#options.store()?.snapshot.files ?? []];
    this.#options.onChange();
  }

  /** The draft as it is now: what was said of a draft before it need not be said any longer, and is over once its act is. */
  see(files: readonly AppFile[]): void {
    const { said } = this;
    if (said?.kind !== 'done' || said === this.#awaited || files === this.#of || this.goes === 'now') return;
    // More than a way back is offered for as long as there is one.
    const isOver = said.acts.length > 1 ? !this.#options.isUndoable(files) : !areSame(files, this.#of);
    if (!isOver) return;
    this.goes = 'now';
    this.#options.onChange();
  }

  /** What is said now is not over before this is, which may add an offer to it. */
  async awaitOffer(offer: Promise<void>): Promise<void> {
    const { said } = this;
    this.#awaited = said;
    await offer.finally(() => {
      if (this.#awaited === said) this.#awaited = undefined;
      this.see(this.#options.store()?.snapshot.files ?? []);
    });
  }

  clear(): void {
    [this.said, this.goes] = [undefined, undefined];
  }
}
