import { deploymentStages } from '@fapi/sdk/contract';
import type { Victim } from '../system.ts';
import type { Random } from './random.ts';

/** `asked`: the deploy was sent and is not answered; `answered`: it was. The rest is what the event stream says. */
export const stages = ['asked', 'answered', ...deploymentStages] as const;
export type Stage = (typeof stages)[number];

export interface Moment {
  readonly victim: Victim;
  readonly stage: Stage;
  /** After the stage was seen. */
  readonly delayMs: number;
  /** What is deployed meanwhile. */
  readonly code: 'good' | 'broken';
  readonly importMs: number;
  readonly startMs: number;
}

/** Moments that meet every stage and every victim about equally often, in a mixed order. */
export function chooseMoments(random: Random, count: number, victims: readonly Victim[]): Moment[] {
  const spread = <T>(items: readonly T[]): T[] => random.shuffle(Array.from({ length: count }, (_, index) => items[index % items.length]!));
  const [stageOf, victimOf] = [spread(stages), spread(victims)];
  return stageOf.map((stage, index) => ({
    victim: victimOf[index]!,
    stage,
    delayMs: stage === 'asked' ? random.below(20) : random.below(random.pick([5, 50, 400])),
    code: random.below(5) === 0 ? 'broken' as const : 'good' as const,
    importMs: random.pick([0, 100, 400]),
    startMs: random.pick([0, 100, 400]),
  }));
}

/** An app that takes its time to import and to start, so that each stage lasts long enough to be met. */
export function makeCode(word: string, { code, importMs, startMs }: Moment): string {
  return `import asyncio
import time
from contextlib import asynccontextmanager

from fastapi import FastAPI

time.sleep(${importMs / 1_000})
${code === 'broken' ? '1 / 0\n' : ''}

@asynccontextmanager
async def lifespan(app):
    await asyncio.sleep(${startMs / 1_000})
    yield


app = FastAPI(lifespan=lifespan)


@app.get("/")
async def read_root() -> str:
    return "${word}"
`;
}
