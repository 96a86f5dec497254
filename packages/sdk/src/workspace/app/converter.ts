import type { FapiClient } from '../../fapi-client.ts';
import type { State } from '../state.ts';
import type { ConversionFacts } from '../types.ts';
import { filesOf, patchOf, putFile, removeFile, type WorkingCopy } from './working-copy.ts';

export interface Converter {
  propose(): Promise<void>;
  close(): void;
  /** The working copy with the proposal in it; undefined when there is none, or it was made of other files. */
  apply(): WorkingCopy | undefined;
  /** The working copy as it was before; undefined when one of the files that were written has changed since. */
  undo(): WorkingCopy | undefined;
}

const idle: ConversionFacts = { state: 'idle', proposal: undefined, before: [], error: undefined };

/** Has the working copy's main.py moved into several files, one proposal at a time, and remembers what was before the last one that was taken. */
export function createConverter(client: FapiClient, state: State, copyOf: () => WorkingCopy): Converter {
  let running: AbortController | undefined;
  let made: WorkingCopy['files'] | undefined;
  const written = (): ConversionFacts => state.snapshot.conversion;
  return {
    async propose() {
      running?.abort();
      const own = (running = new AbortController());
      const copy = copyOf();
      made = copy.files;
      const before = filesOf(copy);
      state.set({ conversion: { ...idle, state: 'running', before } });
      try {
        const proposal = await client.drafts.convert(state.snapshot.appId, { draftVersion: copy.version, patch: patchOf(copy) }, { signal: own.signal });
        if (!own.signal.aborted) state.set({ conversion: { state: 'proposed', proposal, before, error: undefined } });
      } catch (error) {
        if (!own.signal.aborted) state.set({ conversion: { state: 'failed', proposal: undefined, before, error } });
      }
    },
    close() {
      running?.abort();
      running = undefined;
      state.set({ conversion: idle });
    },
    apply() {
      const { state: now, proposal } = written();
      const copy = copyOf();
      // A save keeps the map of files: it is what is typed that counts.
      if (now !== 'proposed' || !proposal || !made || !isSameTexts(made, copy.files)) return undefined;
      return proposal.files.reduce((next, { path, content }) => putFile(next, path, content), copy);
    },
    undo() {
      const { state: now, proposal, before } = written();
      const copy = copyOf();
      if (now !== 'applied' || !proposal || proposal.files.some(({ path, content }) => copy.files.get(path) !== content)) return undefined;
      const texts = new Map(before.map(({ path, content }) => [path, content]));
      return proposal.files.reduce((next, { path }) => (texts.has(path) ? putFile(next, path, texts.get(path)!) : removeFile(next, path)), copy);
    },
  };
}

const isSameTexts = (a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean => a === b || (a.size === b.size && [...a].every(([path, content]) => b.get(path) === content));
