/** A message of the language server protocol, as far as it is looked at here. */
export interface Message { id?: number; method?: string; params?: Record<string, unknown>; result?: unknown; error?: unknown }
interface Position { line: number; character: number }

/** A peer that speaks the contract of `/v1/apps/:appId/language` at the socket, inside the page. Until `answers` are given there is no language server. */
export interface LanguagePeer {
  /** By method; what is missing is answered with null. `initialize` says only when. */
  answers: Record<string, (params: never) => unknown> | undefined;
  /** With which code of the contract a page is sent away while there are no answers. */
  refusal: { code: number; reason: string };
  /** Of every session, oldest first. */
  readonly heard: Message[];
  /** Told of each message while the page sends it, which is before it is heard. */
  onSend: ((message: Message) => void) | undefined;
  /** How many sessions there were. */
  readonly sessions: number;
  /** The open documents as the session of now has been told, by URI. */
  readonly texts: ReadonlyMap<string, string>;
  /** Ends the session of now. */
  end(code: number, reason: string): void;
  /** The next message from the page is lost; resolves when it is. */
  loseOne(): Promise<void>;
}

const capabilities = {
  textDocumentSync: { openClose: true, change: 2 }, positionEncoding: 'utf-16', completionProvider: { triggerCharacters: ['.'] }, signatureHelpProvider: { triggerCharacters: ['(', ','] },
  hoverProvider: true, definitionProvider: true, referencesProvider: true, renameProvider: { prepareProvider: true }, documentFormattingProvider: true, codeActionProvider: { resolveProvider: true },
};
const PlatformSocket = globalThis.WebSocket;
let current: ((socket: PeerSocket) => void) | undefined;

/** Stands in the place of the browser's socket for the one address; every other goes where it goes. */
class PeerSocket extends EventTarget {
  static readonly OPEN = 1;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  take: (text: string) => void = () => undefined;
  see: (text: string) => void = () => undefined;

  constructor() {
    super();
    queueMicrotask(() => {
      this.readyState = 1;
      current?.(this);
      this.onopen?.();
    });
  }
  send(text: string): void {
    this.see(text);
    queueMicrotask(() => this.take(text));
  }
  say(message: unknown): void { queueMicrotask(() => { if (this.readyState === 1) this.onmessage?.({ data: JSON.stringify(message) }); }); }
  close(code = 1000, reason = ''): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    queueMicrotask(() => this.onclose?.({ code, reason }));
  }
}
globalThis.WebSocket = new Proxy(PlatformSocket, {
  construct: (_, [url, ...rest]: [string | URL, ...unknown[]]) => (current && /\/v1\/apps\/[^/]+\/language$/.test(String(url)) ? new PeerSocket() : Reflect.construct(PlatformSocket, [url, ...rest]) as object),
});

export function makeLanguagePeer(): LanguagePeer {
  const texts = new Map<string, string>();
  const heard: Message[] = [];
  let socket: PeerSocket | undefined;
  let sessions = 0;
  let lose: (() => void) | undefined;
  const peer: LanguagePeer = {
    answers: undefined, refusal: { code: 4503, reason: 'language_unavailable' }, heard, texts, onSend: undefined,
    get sessions() { return sessions; },
    end: (code, reason) => socket?.close(code, reason),
    loseOne: () => new Promise((resolve) => { lose = resolve; }),
  };
  current = (opened) => {
    sessions += 1;
    socket = opened;
    texts.clear();
    opened.see = (text) => peer.onSend?.(JSON.parse(text) as Message);
    opened.take = (text) => {
      const message = JSON.parse(text) as Message & { fapi?: string };
      if (message.fapi === 'authenticate') return peer.answers ? opened.say({ fapi: 'ready', root: 'file:///app/' }) : opened.close(peer.refusal.code, peer.refusal.reason);
      if (lose) {
        lose();
        lose = undefined;
        return;
      }
      heard.push(message);
      follow(texts, message);
      if (message.id === undefined || message.method === undefined) return;
      const result = peer.answers?.[message.method]?.(message.params as never) ?? null;
      void Promise.resolve(result).then((settled) => opened.say({ jsonrpc: '2.0', id: message.id, result: message.method === 'initialize' ? { capabilities } : settled }));
    };
  };
  return peer;
}

/** What a language server makes of the document's messages. */
function follow(texts: Map<string, string>, { method, params }: Message): void {
  const { textDocument, contentChanges = [] } = (params ?? {}) as { textDocument?: { uri: string; text?: string }; contentChanges?: { range?: { start: Position; end: Position }; text: string }[] };
  if (!textDocument) return;
  if (method === 'textDocument/didOpen') texts.set(textDocument.uri, textDocument.text!);
  if (method === 'textDocument/didClose') texts.delete(textDocument.uri);
  if (method !== 'textDocument/didChange') return;
  texts.set(textDocument.uri, contentChanges.reduce((text, { range, text: insert }) => (range ? text.slice(0, offset(text, range.start)) + insert + text.slice(offset(text, range.end)) : insert), texts.get(textDocument.uri)!));
}

function offset(text: string, { line, character }: Position): number {
  const lines = text.split('\n');
  return lines.slice(0, line).reduce((length, one) => length + one.length + 1, 0) + character;
}
