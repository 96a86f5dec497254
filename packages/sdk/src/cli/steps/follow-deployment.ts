import { createInterface } from 'node:readline/promises';
import type { Context, Outcome } from '../command.ts';
import type { Deployment } from '../../contract/deployments.ts';
import { AbortError, isApiError } from '../../errors.ts';
import type { FapiClient } from '../../fapi-client.ts';
import { sayFailure, sayFindings } from '../terminal/findings.ts';
import { plain } from '../terminal/output.ts';
import { createStages } from '../terminal/stages.ts';
import { short } from '../terminal/words.ts';

/** Shows a deployment until it is live or has ended: its address as the result, or how it failed. Ctrl-C asks whether it goes on without us. */
export async function followDeployment(context: Context, client: FapiClient, begun: Deployment): Promise<Outcome> {
  const { output, world } = context;
  const stages = createStages(output);
  let last = begun;
  try {
    for await (const now of client.deployments.follow(begun, { signal: world.signal })) stages.show((last = now));
  } catch (error) {
    stages.close();
    if (error instanceof AbortError) await leave(context, client, last);
    throw error;
  } finally {
    stages.close();
  }
  return sayEnd(context, last);
}

/** The last word: the address as the result, or what went wrong. */
export function sayEnd({ output }: Context, deployment: Deployment): Outcome {
  const { status, reason, message, failure, findings = [], url, revision } = deployment;
  const ok = status === 'live';
  if (ok) {
    output.note(`${output.style('green', 'live')} ${short(revision)}`);
    output.line(url);
  } else {
    output.note(`${output.style('red', status)}${reason === undefined ? '' : `: ${reason.replaceAll('_', ' ')}`}${message === undefined || message === failure?.message ? '' : ` (${plain(message)})`}`);
    if (findings.length > 0) sayFindings(output, findings);
    if (failure && !findings.some((finding) => finding.message === failure.message)) sayFailure(output, failure);
    if (status === 'failed') output.note('what was live before still serves');
  }
  return { ok, document: { app: deployment.appId, deployment } };
}

/** The deployment is the server's: it goes on, unless a person at a terminal says otherwise. */
async function leave({ output, world }: Context, client: FapiClient, { id, appId, status }: Deployment): Promise<void> {
  if (!output.isLive || world.stdin.isTTY !== true) return output.note('the deployment goes on without us; fapi status shows what becomes of it');
  const asking = createInterface({ input: world.stdin, output: world.stderr, terminal: false });
  // The end of what is typed (Ctrl-D) answers no question: it is a no.
  const closed = new Promise<string>((resolve) => asking.once('close', () => resolve('')));
  const answer = await Promise.race([asking.question(`\n${status}: cancel this deployment? It goes on otherwise. [y/N] `), closed]).finally(() => asking.close());
  if (!/^y(es)?$/i.test(answer.trim())) return output.note('it goes on');
  try {
    await client.deployments.cancel(appId, id);
    output.note('cancelled');
  } catch (error) {
    if (!isApiError(error)) throw error;
    output.note(`not cancelled: ${error.message}`);
  }
}
