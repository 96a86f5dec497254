import { LSPClient } from '@codemirror/lsp-client';
import type { Workspace } from '@codemirror/lsp-client';

/** The first answer of a server that has not read the libraries yet takes a while. */
const timeoutMs = 15_000;

/** On top of the library's own; a list that it has itself cannot be said again, it would become an object. */
const clientCapabilities = {
  general: { positionEncodings: ['utf-16'] },
  workspace: { applyEdit: false, workspaceEdit: { documentChanges: true }, configuration: false, fileOperations: { willRename: true } },
  textDocument: {
    synchronization: { didSave: false },
    completion: { completionItem: { snippetSupport: false } },
    rename: { prepareSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source.fixAll', 'source.organizeImports'] } }, dataSupport: true, resolveSupport: { properties: ['edit'] } },
  },
};

/** The client of one session: a new session gets a new one, so that nothing of the old one is sent into it. */
export class LanguageClient extends LSPClient {
  constructor(rootUri: string, workspace: (client: LSPClient) => Workspace) {
    super({ rootUri, timeout: timeoutMs, workspace, extensions: [{ clientCapabilities }], unhandledNotification: () => undefined, notificationHandlers: { 'window/logMessage': () => true, 'window/showMessage': () => true } });
  }

  #isSignatureForgotten = false;

  /** The next answer about the call at the cursor is that there is none. */
  forgetSignature(): void { this.#isSignatureForgotten = true; }

  override async request<Params, Result>(method: string, params: Params): Promise<Result> {
    if (method !== 'textDocument/signatureHelp') return super.request<Params, Result>(method, params);
    if (this.#isSignatureForgotten) {
      this.#isSignatureForgotten = false;
      return null as Result;
    }
    // The library rejects into nowhere when this fails, and draws documentation by `innerHTML`, which Trusted Types refuse.
    const answer = await super.request<Params, { signatures?: { documentation?: unknown }[] } | null>(method, params).catch(() => null);
    for (const signature of answer?.signatures ?? []) delete signature.documentation;
    return answer as Result;
  }

  /** What a command asks for; null where the server has nothing or could not say. */
  async ask<Result>(method: string, params: unknown): Promise<Result | null> {
    this.sync();
    return this.request<unknown, Result | null>(method, params).catch(() => null);
  }

  triggers(feature: 'completionProvider'): readonly string[] {
    return this.serverCapabilities?.[feature]?.triggerCharacters ?? [];
  }
}
