import { LSPClient } from '@codemirror/lsp-client';
import type { Transport, Workspace } from '@codemirror/lsp-client';

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

/** How the library itself asks; it has no other way that does not wait. */
type SendRequest = (method: string, params: unknown) => { readonly promise: Promise<unknown> };

/**
 * The client of one session: a new session gets a new one, so that nothing of the old one is sent into it.
 * The library sends a microtask later than it is told to, which behind a key is after all that the key draws: here, from the handshake on, what is said is sent.
 */
export class LanguageClient extends LSPClient {
  constructor(rootUri: string, workspace: (client: LSPClient) => Workspace) {
    super({ rootUri, timeout: timeoutMs, workspace, extensions: [{ clientCapabilities }], unhandledNotification: () => undefined, notificationHandlers: { 'window/logMessage': () => true, 'window/showMessage': () => true } });
  }

  #transport: Transport | undefined;
  #isIntroduced = false;
  #isSignatureForgotten = false;

  override connect(transport: Transport): this {
    this.#transport = transport;
    super.connect(transport);
    void this.initializing.then(() => { this.#isIntroduced = true; }, () => undefined);
    return this;
  }

  override notification<Params>(method: string, params: Params): void {
    if (this.#isIntroduced) this.#transport?.send(JSON.stringify({ jsonrpc: '2.0', method, params }));
    else super.notification(method, params);
  }

  /** The next answer about the call at the cursor is that there is none. */
  forgetSignature(): void { this.#isSignatureForgotten = true; }

  override request<Params, Result>(method: string, params: Params): Promise<Result> {
    return method === 'textDocument/signatureHelp' ? this.#askForSignature(params) : this.#ask(method, params);
  }

  #ask<Params, Result>(method: string, params: Params): Promise<Result> {
    return this.#isIntroduced ? (this['requestInner'] as SendRequest).call(this, method, params).promise as Promise<Result> : super.request(method, params);
  }

  async #askForSignature<Params, Result>(params: Params): Promise<Result> {
    if (this.#isSignatureForgotten) {
      this.#isSignatureForgotten = false;
      return null as Result;
    }
    // The library rejects into nowhere when this fails, and draws documentation by `innerHTML`, which Trusted Types refuse.
    const answer = await this.#ask<Params, { signatures?: { documentation?: unknown }[] } | null>('textDocument/signatureHelp', params).catch(() => null);
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
