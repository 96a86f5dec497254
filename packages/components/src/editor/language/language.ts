import type { Transport } from '@codemirror/lsp-client';
import type { Extension } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { isLibraryPath } from '../../library-path.ts';
import { actions } from './actions.ts';
import { LanguageClient } from './client.ts';
import { Connection } from './connection.ts';
import { definition } from './definition.ts';
import { languageExtension } from './extension.ts';
import { format } from './format.ts';
import { showHover } from './hover.ts';
import { editsOfMoves } from './moves.ts';
import { references } from './references.ts';
import { rename } from './rename.ts';
import type { FileEdit, FileMove, LanguageCommand, LanguageHost, LanguageState, OpenSession, Session } from './types.ts';
import { makeUris } from './uris.ts';
import type { Uris } from './uris.ts';
import { DraftWorkspace } from './workspace.ts';

/** One session that is on. */
export interface Active {
  readonly client: LanguageClient;
  readonly uris: Uris;
  readonly host: LanguageHost;
}

/** What the language servers bring to the editor of one draft. */
export interface Language {
  /** For the view of a file; another one after each `onChange`. */
  extensionFor(path: string): Extension;
  /** The draft has changed. */
  follow(): void;
  /** Somebody works here. */
  wake(): void;
  /** False while there is nobody to ask. */
  run(command: LanguageCommand, view: EditorView): boolean;
  /** What moves that are about to be made make of the imports of other files. */
  editsOfMoves(moves: readonly FileMove[]): Promise<readonly FileEdit[]>;
  stop(): void;
}

export interface LanguageOptions {
  readonly open: OpenSession;
  readonly host: LanguageHost;
  /** What was saved when the newest session was asked for: others may save between that and its handshake. */
  readonly saved: () => ReadonlyMap<string, string>;
  /** The state is another one, and so is what `extensionFor` answers. */
  readonly onState: (state: LanguageState) => void;
}

const commands = { hover: showHover, definition, references, rename, actions, format } as const satisfies Record<LanguageCommand, (active: Active, view: EditorView) => Promise<void>>;
const isPython = (path: string): boolean => /\.pyi?$/.test(path);
/** After the last key: what was typed is read before it is asked about. */
const restMs = 300;
/** Without a word; the servers' own end of patience is later. */
const idleMs = 9 * 60_000;
/** More would not fit into one message. */
const mostLength = 300_000;

export function createLanguage({ open, host, saved, onState }: LanguageOptions): Language {
  let active: (Active & { workspace: DraftWorkspace }) | undefined;
  let begun: LanguageClient | undefined;
  let hear: ((text: string) => void) | undefined;
  let resting: ReturnType<typeof setTimeout> | undefined;
  let idling: ReturnType<typeof setTimeout> | undefined;

  async function begin(session: Session, root: string): Promise<void> {
    const uris = makeUris(root);
    let workspace!: DraftWorkspace;
    const client = new LanguageClient(root, (own) => (workspace = new DraftWorkspace(own, host, uris)));
    const transport: Transport = {
      // The library sends in promises that nobody waits for: the end of a session is told by itself.
      send(message) {
        if (begun !== client) return;
        session.send(message);
        clearTimeout(idling);
        idling = setTimeout(() => connection.rest(), idleMs);
      },
      subscribe: (handler) => { hear = handler; },
      unsubscribe: () => { hear = undefined; },
    };
    begun = client;
    client.connect(transport);
    await client.initializing;
    if (begun !== client) return;
    workspace.start(saved());
    active = { client, uris, host, workspace };
  }

  const connection = new Connection(open, {
    begin,
    onMessage: (text) => hear?.(text),
    end() {
      clearTimeout(resting);
      clearTimeout(idling);
      [active, begun, hear] = [undefined, undefined, undefined];
    },
    onState,
  });
  connection.start();

  const run = (command: LanguageCommand, view: EditorView): boolean => {
    if (!active) return false;
    void commands[command](active, view);
    return true;
  };
  const isAsked = (path: string): boolean => isPython(path) && (host.files().find((file) => file.path === path)?.content.length ?? 0) <= mostLength;
  return {
    extensionFor: (path) => (active && (isLibraryPath(path) || isAsked(path)) ? languageExtension(active, path, run) : []),
    follow() {
      connection.wake();
      const now = active;
      if (!now) return;
      now.workspace.follow();
      clearTimeout(resting);
      resting = setTimeout(() => now.client.sync(), restMs);
    },
    wake: () => connection.wake(),
    run,
    editsOfMoves: async (moves) => (active ? editsOfMoves(active, moves) : []),
    stop: () => connection.stop(),
  };
}
