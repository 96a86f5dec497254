import type { FailureReport, Finding } from '@fapi/sdk/contract';
import { AgentError } from '../../packages/runner-controller/src/agent/client.ts';
import { ask } from '../parts/ask.ts';
import { type House, openHouse } from '../parts/house.ts';
import { inTurn } from '../parts/in-turn.ts';
import { projects } from '../parts/projects.ts';
import type { Figures } from '../parts/row.ts';
import { timeActivate } from '../agent/activate.ts';
import { startImporter } from '../system/importer.ts';
import { type BadCode, deadlineOf, limits } from './bad-code.ts';
import { type Watch, watchApps } from '../agent/watch.ts';

/** From the act that brings bad code out to its report as data, beside a switch of good code in the same run, beside the deadline, or beside its own way to a limit. */
export async function measureReport(bad: BadCode, rounds: number): Promise<Figures> {
  const house = await openHouse();
  try {
    const watch = await watchApps(house.agent);
    await house.deploy('peer', projects.hello.files('first'));
    const { detection } = bad;
    const importer = detection.by === 'limit' ? await startImporter(limits) : undefined;
    const timePeer = (round: number): Promise<number> | number => {
      if (detection.by === 'deadline') return detection.ms;
      if (detection.by === 'limit') return importer!.time([{ path: 'main.py', content: detection.alone }]);
      return timeActivate(house, 'peer', projects.hello, round);
    };
    return await inTurn(rounds, (round) => timeReport(house, watch, bad, round), async (round) => timePeer(round)).finally(() => importer?.stop());
  } finally {
    await house.close();
  }
}

async function timeReport(house: House, watch: Watch, bad: BadCode, round: number): Promise<number> {
  const appId = `bad-${round}`;
  // Other bytes each time: nothing of the former failure helps.
  const digest = await house.put([{ path: 'main.py', content: `${bad.code}# round ${round}\n` }]);
  const options = { deadlineMs: deadlineOf(bad) };
  await house.rested();
  let startedAt = performance.now();
  const preparing = house.prepare(appId, digest, options);
  if (bad.at === 'import') return since(startedAt, bad, await failureOf(preparing));
  const prepared = await preparing;
  await house.rested();
  startedAt = performance.now();
  const activating = house.activate(prepared);
  if (bad.at === 'startup') return since(startedAt, bad, await failureOf(activating));
  await activating;
  const address = await house.directly(appId);
  const said = watch.next((event) => event.appId === appId && (event.failure !== undefined || event.trouble !== undefined));
  startedAt = performance.now();
  // How it is answered is not the matter here: it may never be.
  void ask(address, bad.at).catch(() => undefined);
  const { event, at } = await said;
  const { report, finding } = (event.failure ?? event.trouble)!;
  assertPlace(bad, report, finding);
  await house.agent.request('remove', { appId, generation: prepared.generation }, { timeoutMs: 60_000 });
  return at - startedAt;
}

function since(startedAt: number, bad: BadCode, { report, finding }: AgentError): number {
  const ms = performance.now() - startedAt;
  if (!report || !finding) throw new Error(`${bad.id} failed without a report`);
  assertPlace(bad, report, finding);
  return ms;
}

async function failureOf(act: Promise<unknown>): Promise<AgentError> {
  const error = await act.then(() => undefined, (reason: unknown) => reason);
  if (error instanceof AgentError && error.code === 'failed') return error;
  throw error ?? new Error('the bad code did not fail');
}

/** A report without a place is no report: a builder has to be led to a line. */
function assertPlace({ id }: BadCode, report: FailureReport, finding: Finding): void {
  if (report.message === '' || finding.file !== 'main.py' || finding.start.line < 1) throw new Error(`the report of ${id} leads nowhere: ${JSON.stringify({ report, finding }).slice(0, 500)}`);
}
