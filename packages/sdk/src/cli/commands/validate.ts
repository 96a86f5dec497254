import { randomUUID } from 'node:crypto';
import type { Finding } from '../../contract/finding.ts';
import type { Command, Context, Outcome } from '../command.ts';
import { readFiles } from '../project/read-files.ts';
import { hasErrors, sayFindings, summaryOf } from '../terminal/findings.ts';
import { toDuration } from '../terminal/words.ts';
import { isWithoutApp, toLocalDraft } from '../steps/local-draft.ts';

export const validate: Command = {
  name: 'validate', summary: 'find what is wrong with the folder; saves nothing', usage: '', words: [0, 0], options: {},
  notes: ['Prints file:line:column severity: message [code]. Exit 1 when there is an error.', 'A project that has no app yet is read, and not imported.'],
  run: async (context) => ((await isWithoutApp(context)) ? validateFiles(context) : validateDraft(context)),
};

async function validateDraft(context: Context): Promise<Outcome> {
  const appId = await context.appId();
  const { client } = await context.connect();
  const { findings, durationMs, dryImport } = await client.drafts.validate(appId, { ...(await toLocalDraft(context, client, appId)), session: randomUUID() }, { signal: context.world.signal });
  const routes = dryImport?.routes ?? [];
  return tell(context, findings, durationMs, routes.length > 0 ? `, ${routes.length} routes` : '', { app: appId, findings, durationMs, routes });
}

/** Of what no app is made yet. */
async function validateFiles(context: Context): Promise<Outcome> {
  const { signal } = context.world;
  const { folder } = await context.project();
  const { client } = await context.connect();
  const { files } = await readFiles(folder);
  const { findings, durationMs } = await client.drafts.validateFiles([...files.values()].map(({ sha256: _sha256, ...file }) => file), { signal });
  return tell(context, findings, durationMs, '; not imported, as no app is made yet', { findings, durationMs });
}

function tell({ output }: Context, findings: readonly Finding[], durationMs: number, besides: string, document: Outcome['document']): Outcome {
  sayFindings(output, findings);
  output.line(`${summaryOf(findings)}${besides} ${output.style('dim', toDuration(durationMs))}`);
  return { ok: !hasErrors(findings), document };
}
