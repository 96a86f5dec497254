import type { AppStoreController } from '../../controllers/app-store.ts';
import type { FapiEditor } from './editor.ts';
import type { FileActs } from './file-acts.ts';
import type { ImportOptions } from './import/import-files.ts';

/** Files between the draft and the disk of whoever edits it: dropped, picked, exported. What does it comes when it is asked for. */
export class Disk {
  readonly #editor: FapiEditor;
  readonly #app: AppStoreController;
  readonly #acts: FileActs;

  constructor(editor: FapiEditor, app: AppStoreController, acts: FileActs) {
    [this.#editor, this.#app, this.#acts] = [editor, app, acts];
    // Ahead of the code, which would take a file for text that was dragged.
    const capture = { capture: true };
    editor.addEventListener('dragover', this.#onOver, capture);
    editor.addEventListener('dragleave', (event) => { if (!(event.relatedTarget instanceof Node) || !editor.contains(event.relatedTarget)) this.#mark(false); });
    editor.addEventListener('drop', this.#onDrop, capture);
  }

  async pick(what: 'files' | 'folder' | 'zip', folder: string): Promise<void> {
    const { pickFiles } = await import('./import/pick-files.ts');
    const files = await pickFiles(what);
    if (files.length > 0) await this.#take(files, folder);
  }

  async export(): Promise<void> {
    const { exportZip } = await import('./import/export-zip.ts');
    const options = this.#options();
    if (options) await exportZip(options, this.#editor.readonly);
  }

  readonly #onOver = (event: DragEvent): void => {
    if (!this.#mayTake(event)) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = 'copy';
    this.#mark(true);
  };

  readonly #onDrop = (event: DragEvent): void => {
    this.#mark(false);
    if (!this.#mayTake(event)) return;
    event.preventDefault();
    const path = event.composedPath();
    const row = path.find((one): one is HTMLElement => one instanceof HTMLElement && one.role === 'treeitem');
    const at = row?.dataset['path'] ?? '';
    const isInTree = path.some((one) => one instanceof HTMLElement && one.localName === 'fapi-file-tree');
    if (!isInTree) event.stopPropagation();
    // Only while the event is under way can it be asked what was dropped. WebKit cannot always read a file by its entry: that is for folders.
    const dropped = [...event.dataTransfer!.items].filter(({ kind }) => kind === 'file').map((item) => {
      const entry = item.webkitGetAsEntry();
      return entry?.isDirectory ? entry : (item.getAsFile() ?? entry);
    }).filter((one) => one !== null);
    void this.#take(dropped, row?.classList.contains('folder') ? at : at.slice(0, Math.max(0, at.lastIndexOf('/'))));
  };

  #mayTake({ dataTransfer }: DragEvent): boolean {
    return !this.#editor.readonly && this.#app.snapshot?.load === 'ready' && dataTransfer !== null && dataTransfer.types.includes('Files');
  }

  #mark(isOver: boolean): void { this.#editor.toggleAttribute('data-drop', isOver); }

  #options(): ImportOptions | undefined {
    const { client, store, strings, locale } = this.#app;
    return client && store ? { client, store, acts: this.#acts, strings, locale } : undefined;
  }

  /** What is said of it is said beside the files. */
  async #take(dropped: readonly (FileSystemEntry | File)[], folder: string): Promise<void> {
    if (this.#editor.readonly) return;
    this.#editor.arrange({ areFilesShown: true, pane: 'files' });
    const appId = this.#app.snapshot?.appId;
    const { importDropped } = await import('./import/import-files.ts');
    const options = this.#options();
    // Another app may be shown by now.
    if (options && options.store.snapshot.appId === appId) await importDropped(dropped, folder, options);
  }
}
