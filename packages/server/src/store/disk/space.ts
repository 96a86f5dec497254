import type { LogEvent } from 'kysely';
import { findTrouble } from './trouble.ts';

/** A Postgres whose disk is full takes small writes now and then: one that was taken says nothing of the next. */
const rememberedMs = 30_000;

export interface Space {
  /** Told of every statement by Kysely, whoever asked for it. */
  note(event: LogEvent): void;
  /** True while writes are refused because the disk is full, and for half a minute after the last one that was. */
  isFull(): boolean;
}

export function createSpace(): Space {
  let refusedAt = Number.NEGATIVE_INFINITY;
  return {
    note(event) {
      if (event.level === 'error' && findTrouble(event.error) === 'full') refusedAt = performance.now();
    },
    isFull: () => performance.now() - refusedAt < rememberedMs,
  };
}
