import type { FapiClient } from '@fapi/sdk';
import { isApiError } from '@fapi/sdk';
import { expect } from 'vitest';

export interface Writer {
  /** Saves one draft after the other, without a pause, until `signal`; the last one may be left without an answer. */
  writeUntil(signal: AbortSignal): Promise<void>;
  /** Compares what is there with what was acknowledged. */
  check(): Promise<void>;
  readonly acknowledged: number;
}

/** Keeps saving the draft of an app of its own and knows what the server has said yes to. */
export async function makeWriter(client: FapiClient): Promise<Writer> {
  const app = await client.apps.create({ title: 'Notes', files: [{ path: 'main.py', content: '# 0' }] });
  let known = { version: app.draftVersion, content: '# 0' };
  let asked = known.content;
  let acknowledged = 0;
  return {
    get acknowledged() {
      return acknowledged;
    },
    async writeUntil(signal) {
      while (!signal.aborted) {
        asked = `# ${acknowledged + 1} ${'x'.repeat(1_000)}`;
        try {
          const { version } = await client.drafts.save(app.id, { version: known.version, files: [{ path: 'main.py', content: asked }] }, { signal });
          known = { version, content: asked };
          acknowledged += 1;
        } catch (error) {
          // Not acknowledged: it may be there or not. The next check says which.
          if (!signal.aborted && isApiError(error) && error.status < 500 && error.code !== 'draft_conflict') throw error;
          return;
        }
      }
    },
    async check() {
      const draft = await client.drafts.read(app.id);
      const { content } = draft.files[0]!;
      expect(draft.version, 'an acknowledged draft version is there').toBeGreaterThanOrEqual(known.version);
      expect(draft.version, 'at most the one save that had no answer came on top').toBeLessThanOrEqual(known.version + 1);
      expect(content, `the content of draft version ${draft.version}`).toBe(draft.version === known.version ? known.content : asked);
      known = { version: draft.version, content };
    },
  };
}
