import { replacements } from '@fapi/sdk/workspace';
import { LSPPlugin, Workspace } from '@codemirror/lsp-client';
import type { LSPClient, WorkspaceFile } from '@codemirror/lsp-client';
import { ChangeSet } from '@codemirror/state';
import type { Text } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { isLibraryPath } from '../../library-path.ts';
import { toText } from './places.ts';
import type { LanguageHost } from './types.ts';
import type { Uris } from './uris.ts';

interface Document extends WorkspaceFile {
  doc: Text;
  view: EditorView | undefined;
  /** The view came with a text that the server has not seen: its own account of changes is of no use. */
  isNew: boolean;
}

/** In UTF-16 units, of one message: the way takes no more than 1 MB of UTF-8 in a frame. A file that is longer is not told of. */
const chunkLength = 250_000;
const mostLength = 300_000;

/**
 * The draft as the servers see it. A file that was shown once is an open document until it is gone, also while another one is shown;
 * of the others the servers hear by `fapi/didChangeFiles` where they are not as saved.
 */
export class DraftWorkspace extends Workspace {
  files: Document[] = [];
  readonly #host: LanguageHost;
  readonly #uris: Uris;
  /** The texts on the servers' disk, by path. */
  readonly #told = new Map<string, string>();

  constructor(client: LSPClient, host: LanguageHost, uris: Uris) {
    super(client);
    this.#host = host;
    this.#uris = uris;
  }

  override connected(): void {}

  /** After the handshake: the disk is at least as it was saved when the session was asked for, and hears what has become of that. */
  start(saved: ReadonlyMap<string, string>): void {
    const files = this.#host.files();
    for (const [path, text] of saved) this.#told.set(path, text);
    const gone = [...saved.keys(), ...this.#host.unsaved()].filter((path) => !files.some((file) => file.path === path));
    this.#tell(new Map(files.map(({ path, content }) => [path, content])), [...new Set(gone)]);
  }

  /** Something of the draft has changed, by whomever. */
  follow(): void {
    const texts = new Map(this.#host.files().map(({ path, content }) => [path, content]));
    const gone = [...this.#told.keys()].filter((path) => !texts.has(path));
    for (const file of this.files.filter(({ uri }) => !isLibraryPath(uri) && !texts.has(this.#uris.toPath(uri)!))) {
      gone.push(this.#uris.toPath(file.uri)!);
      this.files = this.files.filter((one) => one !== file);
      this.client.didClose(file.uri);
    }
    this.#tell(texts, [...new Set(gone)]);
  }

  openFile(uri: string, languageId: string, view: EditorView): void {
    const known = this.getFile(uri) as Document | null;
    if (known) return void Object.assign(known, { view, isNew: true });
    const file: Document = { uri, languageId, version: 0, doc: view.state.doc, view, isNew: false, getView: () => file.view ?? null };
    this.files = [...this.files, file];
    if (!isLibraryPath(uri)) this.client.didOpen(file);
  }

  closeFile(uri: string, view: EditorView): void {
    const file = this.getFile(uri) as Document | null;
    if (file?.view === view) file.view = undefined;
  }

  syncFiles(): { changes: ChangeSet; file: Document; prevDoc: Text }[] {
    const texts = new Map(this.#host.files().map(({ path, content }) => [path, content]));
    return this.files.flatMap((file) => {
      const plugin = file.view && LSPPlugin.get(file.view);
      const hidden = texts.get(this.#uris.toPath(file.uri) ?? '');
      const doc = file.view ? file.view.state.doc : hidden === undefined ? file.doc : toText(hidden);
      const prevDoc = file.doc;
      const changes = plugin && !file.isNew ? plugin.unsyncedChanges : between(prevDoc, doc);
      plugin?.clear();
      file.isNew = false;
      if (isLibraryPath(file.uri) || changes.empty) return [];
      file.doc = doc;
      file.version += 1;
      return [{ changes, file, prevDoc }];
    });
  }

  /** Brings what is not open to what it is now, in as few messages as fit. */
  #tell(texts: ReadonlyMap<string, string>, gone: readonly string[]): void {
    for (const path of gone) this.#told.delete(path);
    let put: { path: string; text: string }[] = [];
    let [remove, length] = [gone, 0];
    const send = (): void => {
      if (put.length + remove.length > 0) this.client.notification('fapi/didChangeFiles', { put, delete: remove });
      [put, remove, length] = [[], [], 0];
    };
    for (const [path, text] of texts) {
      if (this.#told.get(path) === text || text.length > mostLength || this.getFile(this.#uris.toUri(path))) continue;
      if (length > 0 && length + text.length > chunkLength) send();
      this.#told.set(path, text);
      put.push({ path, text });
      length += text.length;
    }
    send();
  }
}

function between(before: Text, after: Text): ChangeSet {
  return before.eq(after) ? ChangeSet.empty(before.length) : ChangeSet.of(replacements(before.toString(), after.toString()), before.length);
}
