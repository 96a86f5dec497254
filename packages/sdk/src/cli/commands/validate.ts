import { randomUUID } from 'node:crypto';
import type { Command } from '../command.ts';
import { hasErrors, sayFindings, summaryOf } from '../terminal/findings.ts';
import { toDuration } from '../terminal/words.ts';
import { getAppToCheck, toLocalDraft } from '../steps/local-draft.ts';

export const validate: Command = {
  name: 'validate', summary: 'find what is wrong with the folder; saves nothing', usage: '', words: [0, 0], options: {},
  notes: ['Prints file:line:column severity: message [code]. Exit 1 when there is an error.'],
  async run(context) {
    const { output, world: { signal } } = context;
    const appId = await getAppToCheck(context);
    const { client } = await context.connect();
    const { findings, durationMs, dryImport } = await client.drafts.validate(appId, { ...(await toLocalDraft(context, client, appId)), session: randomUUID() }, { signal });
    sayFindings(output, findings);
    const routes = dryImport?.routes ?? [];
    output.note(`${summaryOf(findings)}${routes.length > 0 ? `, ${routes.length} routes` : ''} ${output.style('dim', toDuration(durationMs))}`);
    return { ok: !hasErrors(findings), document: { app: appId, findings, durationMs, routes } };
  },
};
