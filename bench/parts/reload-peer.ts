import { untilWord } from './ask.ts';
import type { Project } from './projects.ts';
import { startUvicorn } from './uvicorn.ts';

export interface ReloadPeer {
  /** Writes the word into the project; answers the milliseconds until it was answered. */
  change(word: string): Promise<number>;
  stop(): Promise<void>;
}

/** The local developer's loop: `uvicorn --reload` on the same Python and the same files. */
export async function startReloadPeer(project: Project): Promise<ReloadPeer> {
  const uvicorn = await startUvicorn({ files: project.files('first'), options: ['--reload'] });
  return {
    async change(word) {
      const startedAt = performance.now();
      await uvicorn.write(project.main(word));
      return untilWord(uvicorn.address, word, startedAt);
    },
    stop: uvicorn.stop,
  };
}
