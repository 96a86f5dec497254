import { describe } from 'vitest';
import { tellEndings } from './processes/endings.ts';

/** One of each; every ending at every moment is told by ending.slow.test.ts. */
describe('the demo in a terminal', () => tellEndings({
  served: ['the end of the terminal', 'SIGTERM to npm'],
  deploying: ['Ctrl-C'],
  starting: [['Ctrl-C', 'the first of our programs runs'], ['SIGTERM to npm', 'the site is started'], ['Ctrl-C', 'the agent is started'], ['the end of the terminal', 'the gateway is started']],
}));
