import type { AppFile } from '@fapi/sdk/contract';
import type { AppSnapshot, AppStore, Conflict } from '@fapi/sdk/workspace';
import { html, nothing } from 'lit';
import type { ConflictDone } from '../conflict/conflict.ts';

export interface ResolvingOptions {
  readonly snapshot: AppSnapshot;
  readonly store: AppStore | undefined;
  readonly resolving: Resolving;
  readonly onLater: () => void;
  readonly onDone: () => void;
}

/** The conflict view of an editor: while it is put off it keeps what was decided, without looking at each key. */
export class Resolving {
  isOpen = false;
  #seen: { conflict: Conflict; mine: readonly AppFile[] } | undefined;

  /** What it is shown; undefined when it never was, for the conflict that there is. */
  see({ conflict, files }: AppSnapshot): { conflict: Conflict; mine: readonly AppFile[] } | undefined {
    if (!conflict) {
      this.isOpen = false;
      this.#seen = undefined;
    } else if (this.isOpen && (this.#seen?.conflict !== conflict || this.#seen.mine !== files)) this.#seen = { conflict, mine: files };
    return this.#seen;
  }
}

export function resolvingView({ snapshot, store, resolving, onLater, onDone }: ResolvingOptions): unknown {
  const seen = resolving.see(snapshot);
  if (!seen) return nothing;
  const onConflictDone = ({ detail }: CustomEvent<ConflictDone>): void => {
    if (store?.resolve(detail.version, detail.files)) onDone();
  };
  return html`<fapi-conflict class="resolving" ?hidden=${!resolving.isOpen} .conflict=${seen.conflict} .mine=${seen.mine} @conflict-later=${onLater} @conflict-done=${onConflictDone}></fapi-conflict>`;
}
