import { describe } from 'vitest';
import type { WorkBus } from './bus.ts';
import { describeCalls } from './calls.suite.ts';
import { describeClose } from './close.suite.ts';
import { describeLastWords } from './last-words.suite.ts';
import type { SessionSettings } from './sessions/channel.ts';
import { describeSessions } from './sessions.suite.ts';
import { describeStreams } from './streams.suite.ts';

/** One empty bus, as several parties see it. */
export interface BusUnderTest {
  /** A further party; where the bus lies in one process, every party holds the same object. */
  connect(): Promise<WorkBus>;
  /** Closes every party. */
  close(): Promise<void>;
}

export type OpenBus = (sessions?: SessionSettings) => Promise<BusUnderTest>;

/** What every adapter of the work bus promises. */
export function describeWorkBus(title: string, open: OpenBus): void {
  describe(`the work bus: ${title}`, () => {
    describeLastWords(open);
    describeCalls(open);
    describeStreams(open);
    describeSessions(open);
    describeClose(open);
  });
}
