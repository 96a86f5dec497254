import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AppFile } from '@fapi/sdk/contract';
import { pythonPath } from '../../tools/parts/paths.ts';
import { openHouse } from '../parts/house.ts';
import { inTurn } from '../parts/in-turn.ts';
import type { Figures } from '../parts/row.ts';
import { writeFiles } from '../parts/write-files.ts';

const files = 50;
const fileBytes = 10_000;

/** The whole verdict on the files, without the dry import, beside compiling the same files in a fresh Python. */
export async function measureValidate(rounds: number): Promise<Figures> {
  const house = await openHouse();
  const folder = await mkdtemp(join(tmpdir(), 'fapi-compile-'));
  try {
    return await inTurn(rounds, async (round) => {
      // Other bytes each time: nothing of the former verdict helps.
      const digest = await house.put(makeLargeProject(`round ${round}`));
      await house.rested();
      const startedAt = performance.now();
      const { findings } = await house.agent.request('validate', { digest });
      const ms = performance.now() - startedAt;
      if (findings.some(({ severity }) => severity === 'error')) throw new Error(`the project is not as it is meant: ${findings[0]!.message}`);
      return ms;
    }, async (round) => {
      await writeFiles(folder, makeLargeProject(`round ${round}`));
      const startedAt = performance.now();
      const [code] = await once(spawn(pythonPath(), ['-m', 'compileall', '-q', '-f', folder], { stdio: 'ignore' }), 'exit');
      if (code !== 0) throw new Error(`compileall ended with ${String(code)}`);
      return performance.now() - startedAt;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
    await house.close();
  }
}

/** 50 files of 10 KB: an app, and modules of functions as people write them. */
function makeLargeProject(word: string): AppFile[] {
  const modules = Array.from({ length: files - 2 }, (_, number) => ({ path: `parts/part_${number}.py`, content: makeModule(number, word) }));
  const main = `from fastapi import FastAPI\n\nfrom parts import ${modules.map((_, number) => `part_${number}`).join(', ')}\n\napp = FastAPI()\nparts = [${modules.map((_, number) => `part_${number}`).join(', ')}]\n`;
  return [{ path: 'main.py', content: main }, { path: 'parts/__init__.py', content: '' }, ...modules];
}

function makeModule(number: number, word: string): string {
  let text = `"""Part ${number}, ${word}."""\n\nfrom dataclasses import dataclass\n`;
  for (let at = 0; text.length < fileBytes; at++) {
    text += `\n\n@dataclass\nclass Entry${at}:\n    name: str\n    price: float = ${at}.5\n\n    def total(self, count: int, discount: float = 0.0) -> float:\n        if count < 0:\n            raise ValueError(f"{self.name}: {count} is no count")\n        return self.price * count * (1 - discount)\n\n\ndef find_entries_${at}(entries: list[Entry${at}], least: float) -> dict[str, float]:\n    return {entry.name: entry.total(2) for entry in entries if entry.price >= least}\n`;
  }
  return text;
}
