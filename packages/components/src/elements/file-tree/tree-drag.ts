import type { ReactiveElement } from 'lit';
import { folderOf } from './tree-rows.ts';
import type { TreeRow } from './tree-rows.ts';

export interface TreeDragOptions {
  readonly rowOf: (event: Event) => TreeRow | undefined;
  /** What was dragged is to be in that folder; empty is the root. */
  readonly onMove: (path: string, folder: string) => void;
}

/** Moves files and folders of a tree by the pointer, and shows where what is dragged would go. */
export class TreeDrag {
  readonly #host: ReactiveElement & { readonly readonly: boolean };
  readonly #options: TreeDragOptions;
  #dragged: string | undefined;
  #over: string | undefined;

  constructor(host: ReactiveElement & { readonly readonly: boolean }, options: TreeDragOptions) {
    [this.#host, this.#options] = [host, options];
  }

  /** The folder that what is dragged would go into. */
  get over(): string | undefined { return this.#over; }

  readonly onStart = (event: DragEvent): void => {
    const row = this.#options.rowOf(event);
    if (!row || !event.dataTransfer || this.#host.readonly) return event.preventDefault();
    this.#dragged = row.path;
    event.dataTransfer.effectAllowed = 'move';
    event.dataTransfer.setData('text/plain', row.path);
  };

  /** What comes from the disk is taken by the editor around; here it is shown where it would go. */
  readonly onOver = (event: DragEvent): void => {
    if (this.#host.readonly || (this.#dragged === undefined && !event.dataTransfer?.types.includes('Files'))) return;
    const row = this.#options.rowOf(event);
    this.#mark(row ? folderOf(row) : '');
    if (this.#dragged === undefined) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = 'move';
  };

  readonly onEnd = (event: DragEvent): void => {
    if (event.type === 'dragend') this.#dragged = undefined;
    this.#mark(undefined);
  };

  readonly onDrop = (event: DragEvent): void => {
    const dragged = this.#dragged;
    const row = this.#options.rowOf(event);
    this.#dragged = undefined;
    this.#mark(undefined);
    if (dragged === undefined) return;
    event.preventDefault();
    this.#options.onMove(dragged, row ? folderOf(row) : '');
  };

  #mark(over: string | undefined): void {
    if (over === this.#over) return;
    this.#over = over;
    this.#host.requestUpdate();
  }
}
