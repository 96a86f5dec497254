import { describe } from 'vitest';
import { endings, startMoments, tellEndings } from './processes/endings.ts';

/** About three minutes on two cores. */
describe('the demo in a terminal, every ending at every moment', () => tellEndings({
  served: endings, deploying: endings, starting: startMoments.flatMap((moment) => endings.map((ending) => [ending, moment] as const)),
}));
