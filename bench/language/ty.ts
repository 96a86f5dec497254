import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AppFile } from '@fapi/sdk/contract';
import { pythonPath } from '../../tools/parts/paths.ts';
import { writeFiles } from '../parts/write-files.ts';

/** A place as the protocol has it: from 0, in UTF-16 units. */
export interface Position { readonly line: number; readonly character: number }

/** `ty server` by itself, spoken to over its own input and output, on the same Python and told the same as ours. */
export interface Ty {
  /** Begins with the file as it is on the disk. */
  open(path: string, text: string): void;
  /** Types one character. */
  type(path: string, at: Position, character: string): void;
  /** Takes one away. */
  remove(path: string, at: Position): void;
  /** What it suggests at a place. */
  complete(path: string, at: Position): Promise<string[]>;
  stop(): Promise<void>;
}

/** Starts one over a folder with the files; resolves after its handshake. */
export async function startTy(files: readonly AppFile[]): Promise<Ty> {
  const folder = await mkdtemp(join(tmpdir(), 'fapi-ty-'));
  await writeFiles(folder, files);
  const python = pythonPath();
  const child = spawn(join(dirname(python), 'ty'), ['server'], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, RAYON_NUM_THREADS: '2', TY_MAX_PARALLELISM: '2' } });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  let isStopped = false;
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`ty ended with code ${code}`));
    waiting.clear();
  });
  const send = (message: object): void => {
    const body = Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));
    child.stdin.write(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
  };
  const request = (method: string, params: unknown): Promise<unknown> => new Promise((resolve, reject) => {
    waiting.set(++lastId, { resolve, reject });
    send({ id: lastId, method, params });
  });
  readMessages(child.stdout, (message) => {
    const { id, method, params, result, error } = message as { id?: number; method?: string; params?: { items?: unknown[] }; result?: unknown; error?: { message: string } };
    // What it asks us: there is nothing to configure.
    if (method !== undefined) return id === undefined ? undefined : send({ id, result: method === 'workspace/configuration' ? params?.items?.map(() => null) : null });
    const asked = waiting.get(id!);
    waiting.delete(id!);
    if (error) asked?.reject(new Error(error.message));
    else asked?.resolve(result);
  });
  const root = pathToFileURL(folder).href;
  const uriOf = (path: string): string => `${root}/${path}`;
  const versions = new Map<string, number>();
  const change = (path: string, start: Position, end: Position, text: string): void => {
    versions.set(path, (versions.get(path) ?? 0) + 1);
    send({ method: 'textDocument/didChange', params: { textDocument: { uri: uriOf(path), version: versions.get(path) }, contentChanges: [{ range: { start, end }, text }] } });
  };
  await request('initialize', {
    processId: null, rootUri: root, workspaceFolders: [{ uri: root, name: 'app' }], capabilities: { general: { positionEncodings: ['utf-16'] } },
    initializationOptions: { diagnosticMode: 'openFilesOnly', completions: { autoImport: false }, configuration: { environment: { python: dirname(dirname(python)) } } },
  });
  send({ method: 'initialized', params: {} });
  return {
    open(path, text) {
      versions.set(path, 0);
      send({ method: 'textDocument/didOpen', params: { textDocument: { uri: uriOf(path), languageId: 'python', version: 0, text } } });
    },
    type: (path, at, character) => change(path, at, at, character),
    remove: (path, at) => change(path, at, { line: at.line, character: at.character + 1 }, ''),
    async complete(path, position) {
      const answer = (await request('textDocument/completion', { textDocument: { uri: uriOf(path) }, position })) as { items: { label: string }[] } | { label: string }[] | null;
      return (Array.isArray(answer) ? answer : answer?.items ?? []).map(({ label }) => label);
    },
    async stop() {
      if (isStopped) return;
      isStopped = true;
      const ended = child.exitCode === null && child.signalCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function readMessages(stream: NodeJS.ReadableStream, take: (message: unknown) => void): void {
  let rest = Buffer.alloc(0);
  stream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const head = rest.indexOf('\r\n\r\n');
      const length = head === -1 ? Number.NaN : Number(/Content-Length: (\d+)/i.exec(rest.toString('latin1', 0, head))?.[1]);
      if (!(rest.length >= head + 4 + length)) return;
      take(JSON.parse(rest.toString('utf8', head + 4, head + 4 + length)));
      rest = rest.subarray(head + 4 + length);
    }
  });
}
