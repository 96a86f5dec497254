import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runnerPath } from '../../../../../tools/parts/paths.ts';
import { stageLimitMs } from '../../work/messages.ts';
import { agentBoundsS, startingLimitMs } from './bounds.ts';

it("knows the agent's own bounds of a switch", () => {
  const sources = ['children/blanks', 'serving/runner', 'serving/seat'].map((name) => readFileSync(join(runnerPath, `fapi_runner/agent/${name}.py`), 'utf8')).join('\n');
  expect(Object.fromEntries(Object.keys(agentBoundsS).map((name) => [name, Number(new RegExp(`^${name} = ([\\d.]+)`, 'm').exec(sources)?.[1])]))).toEqual(agentBoundsS);
});

it('waits for a switch no longer than the server waits for a stage', () => {
  expect(startingLimitMs).toBeLessThanOrEqual(stageLimitMs);
});
