import { randomUUID } from 'node:crypto';
import type { Command, Context } from '../command.ts';
import type { Deployment } from '../../contract/deployments.ts';
import type { Validation } from '../../contract/drafts.ts';
import { AbortError } from '../../errors.ts';
import type { FapiClient } from '../../fapi-client.ts';
import { pause } from '../../pause.ts';
import { CliError, isAway, toFailure } from '../failure.ts';
import type { Project } from '../project/find-project.ts';
import { type Pushed, pushFolder } from '../project/push-files.ts';
import { watchFolder } from '../project/watch-folder.ts';
import { hasErrors, sayFindings, summaryOf } from '../terminal/findings.ts';
import { createLogPrinter } from '../terminal/log-lines.ts';
import { sayFailureOf } from '../terminal/say-failure.ts';
import { short, toDuration } from '../terminal/words.ts';
import { getProject, pushOptions, pushProject } from '../steps/ensure-app.ts';
import { sayEnd } from '../steps/follow-deployment.ts';
import { followLines } from '../steps/follow-logs.ts';

/** How often a server that is away is asked, and how often an import that had no core. */
const [awayMs, droppedMs, mostDropped] = [1_000, 300, 3];

export const dev: Command = {
  name: 'dev', summary: 'push, check and show logs at each save, until Ctrl-C', usage: '', words: [0, 0],
  options: { deploy: { summary: 'make each save without errors live' }, ...pushOptions, force: { summary: 'begin by replacing the draft that is there' } },
  notes: ['A save is checked and prepared; with --deploy it is live as well. A server that', 'is away is waited for. When somebody else has saved it says who.'],
  async run(context) {
    const project = await getProject(context);
    const { client } = await context.connect();
    const { signal } = context.world;
    const first = await pushProject(context, client, project);
    const { appId } = first;
    const app = await client.apps.read(appId, { signal });
    context.output.line(app.url);
    const desk: Desk = { context, client, project, appId, session: randomUUID(), sequence: 0, save: undefined, isWaiting: false };
    // What ends the watch, also a folder that is gone, ends the logs.
    const ending = new AbortController();
    const tailing = tailLogs(desk, AbortSignal.any([signal, ending.signal]));
    try {
      for await (const _ of watchFolder(project.folder, { signal, onUnreadable: (folder) => context.output.note(`${context.output.style('yellow', 'not watched')}: ${folder} (it may not be read)`) })) await onSave(desk);
    } finally {
      ending.abort();
      await tailing;
    }
    throw new AbortError('interrupted');
  },
};

interface Desk { context: Context; client: FapiClient; project: Project; appId: string; session: string; sequence: number; save: Save | undefined; /** It was said that the server is away. */ isWaiting: boolean }

/** The version that was checked last. */
interface Save {
  readonly version: number;
  /** Of its deployment, however often a server that was away is asked for it: there is one. */
  readonly deployKey: string;
  /** It is to be made live, and no answer has settled that yet. */
  isDue: boolean;
}

/** One save. What goes wrong with it is said, and the next one is waited for. */
async function onSave(desk: Desk): Promise<void> {
  const { context: { output, world: { signal } }, client } = desk;
  while (!signal.aborted) {
    try {
      await checkSave(desk);
      desk.isWaiting = false;
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!isAway(error)) {
        const failure = toFailure(error, client.baseUrl);
        if (!failure) throw error;
        output.event({ type: 'trouble', error: failure });
        return sayFailureOf(output, failure);
      }
      sayWaiting(desk);
      await pause(awayMs, signal);
    }
  }
}

/** Once, however many ways lead to the server. */
function sayWaiting(desk: Desk): void {
  const { context: { output }, client } = desk;
  if (desk.isWaiting) return;
  desk.isWaiting = true;
  output.note(`${output.style('yellow', 'waiting')} for ${client.baseUrl}`);
  output.event({ type: 'waiting', server: client.baseUrl });
}

async function checkSave(desk: Desk): Promise<void> {
  const { context, context: { world: { signal } }, client, project, appId } = desk;
  const pushed: Pushed = await pushFolder(client, project.folder, appId, { isForced: false, allowsMarks: context.isSet('allow-marks'), signal });
  if (pushed.version !== desk.save?.version) desk.save = await checkVersion(desk, pushed);
  if (desk.save.isDue) await deploySave(desk, desk.save);
}

async function checkVersion(desk: Desk, pushed: Pushed): Promise<Save> {
  const { context, context: { output } } = desk;
  const names = [...pushed.put, ...pushed.removed];
  output.event({ type: 'pushed', version: pushed.version, put: pushed.put, removed: pushed.removed });
  const { findings, durationMs, dryImport } = await validate(desk, pushed.version);
  output.event({ type: 'validation', version: pushed.version, findings });
  output.note(`${output.style('dim', `version ${pushed.version}${names.length > 0 ? ` (${names.slice(0, 3).join(', ')}${names.length > 3 ? ' …' : ''})` : ''}`)} ${summaryOf(findings)}${dryImport?.prepared === true ? ', prepared' : ''} ${output.style('dim', toDuration(durationMs))}`);
  sayFindings(output, findings);
  return { version: pushed.version, deployKey: randomUUID(), isDue: context.isSet('deploy') && !hasErrors(findings) };
}

async function deploySave({ context, client, appId }: Desk, save: Save): Promise<void> {
  const { output, world: { signal } } = context;
  const startedAt = performance.now();
  const deployment = await settle().catch((error: unknown) => {
    // A refusal is an answer. A server that is away has given none: it is asked again.
    save.isDue = isAway(error);
    throw error;
  });
  save.isDue = false;
  output.event({ type: 'deployment', deployment });
  if (deployment.status === 'live') output.note(`${output.style('green', 'live')} ${short(deployment.revision)} ${output.style('dim', toDuration(performance.now() - startedAt))}`);
  else sayEnd(context, deployment);

  async function settle(): Promise<Deployment> {
    return client.deployments.untilSettled(await client.deployments.create(appId, { draftVersion: save.version }, { signal, idempotencyKey: save.deployKey }), { signal });
  }
}

/** Checks and prepares the draft. An import that had no core is asked for again a few times. */
async function validate(desk: Desk, draftVersion: number): Promise<Validation> {
  const { client, appId, session, context: { world: { signal } } } = desk;
  for (let attempt = 1; ; attempt++) {
    const validation = await client.drafts.validate(appId, { draftVersion, session, sequence: (desk.sequence += 1) }, { signal });
    if (validation.dryImport?.dropped !== true || attempt >= mostDropped) return validation;
    await pause(droppedMs, signal);
  }
}

/** Beside everything else, until the end. */
async function tailLogs(desk: Desk, signal: AbortSignal): Promise<void> {
  const { context: { output }, client, appId } = desk;
  const print = createLogPrinter(output);
  try {
    for await (const line of followLines(client, appId, { tail: 0, signal, onConnection: (state) => void (state === 'live' ? (desk.isWaiting = false) : signal.aborted || sayWaiting(desk)) })) print(line);
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof CliError) && !toFailure(error, client.baseUrl)) throw error;
    output.note(`no logs: ${(error as Error).message}`);
  }
}
