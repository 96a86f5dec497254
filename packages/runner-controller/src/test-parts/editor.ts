import type { LanguageLink } from '../runtime/runtime.ts';
import { createWake } from '../work/wake.ts';

export interface Editor {
  /** Rejects with the code and the message of a "no". */
  request<T = any>(method: string, params?: unknown): Promise<T>;
  notify(method: string, params?: unknown): void;
  /** Opens `file:///app/main.py`. */
  open(text: string): void;
  change(text: string): void;
  /** Asks about a place of `file:///app/main.py`, counted from 0. */
  at<T = any>(method: string, line: number, character: number): Promise<T>;
  complete(line: number, character: number): Promise<string[]>;
  /** Every message of the other side. */
  readonly heard: string[];
}

/** Somebody who edits, on a session that is open. */
export async function openEditor(link: Pick<LanguageLink, 'send' | typeof Symbol.asyncIterator>): Promise<Editor> {
  const waiting = new Map<number, (answer: { result?: unknown; error?: { code: number; message: string } }) => void>();
  const heard: string[] = [];
  let lastId = 0;
  let version = 0;
  const uri = 'file:///app/main.py';
  void (async () => {
    for await (const text of link) {
      heard.push(text);
      const message = JSON.parse(text) as { id: number; result?: unknown };
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    }
    for (const settle of waiting.values()) settle({ error: { code: 0, message: 'the session is over' } });
  })();
  const tell = (message: Record<string, unknown>): void => link.send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  const editor: Editor = {
    heard,
    async request(method, params = {}) {
      const id = ++lastId;
      const { promise, resolve } = Promise.withResolvers<{ result?: unknown; error?: { code: number; message: string } }>();
      waiting.set(id, resolve);
      tell({ id, method, params });
      const { result, error } = await promise;
      if (error) throw new Error(`${error.code}: ${error.message}`);
      return result as never;
    },
    notify: (method, params = {}) => tell({ method, params }),
    open: (text) => editor.notify('textDocument/didOpen', { textDocument: { uri, languageId: 'python', version: ++version, text } }),
    change: (text) => editor.notify('textDocument/didChange', { textDocument: { uri, version: ++version }, contentChanges: [{ text }] }),
    at: (method, line, character) => editor.request(`textDocument/${method}`, { textDocument: { uri }, position: { line, character } }),
    async complete(line, character) {
      const told = await editor.at<{ items: { label: string }[] } | null>('completion', line, character);
      return (told?.items ?? []).map((item) => item.label);
    },
  };
  await editor.request('initialize', { processId: null, rootUri: 'file:///app/', capabilities: { textDocument: { hover: { contentFormat: ['markdown'] } } } });
  editor.notify('initialized');
  return editor;
}

/** Texts that come by calls, to be read one by one. */
export function createTexts(): { add(text: string): void; end(): void; read(): AsyncIterator<string> } {
  const over = new AbortController();
  const { wake, sleep } = createWake(over.signal);
  const waiting: string[] = [];
  return {
    add(text) {
      waiting.push(text);
      wake();
    },
    end: () => over.abort(),
    async *read() {
      while (!over.signal.aborted || waiting.length > 0) {
        const next = waiting.shift();
        if (next === undefined) await sleep();
        else yield next;
      }
    },
  };
}
