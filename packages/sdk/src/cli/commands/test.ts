import type { Command } from '../command.ts';
import { plain } from '../terminal/output.ts';
import { sayFindings } from '../terminal/findings.ts';
import { toDuration } from '../terminal/words.ts';
import { getAppToTest, toLocalDraft } from '../steps/local-draft.ts';

export const test: Command = {
  name: 'test', summary: 'run the pytest suite of the folder on the server; saves nothing', usage: '[file[::name] …]', words: [0, 100], options: {},
  notes: ['Exit 1 when a test fails, or when there is none.'],
  async run(context) {
    const { output, words, world: { signal } } = context;
    const appId = await getAppToTest(context);
    const { client } = await context.connect();
    const run = await client.drafts.test(appId, { ...(await toLocalDraft(context, client, appId)), ...(words.length > 0 ? { select: [...words] } : {}) }, { signal });
    const { passed, failed, skipped, findings, durationMs } = run;
    const ok = failed === 0 && passed > 0;
    if (!ok) for (const line of run.output) output.note(plain(line));
    sayFindings(output, findings);
    output.line(`${output.style(ok ? 'green' : 'red', `${passed} passed, ${failed} failed, ${skipped} skipped`)} ${output.style('dim', toDuration(durationMs))}`);
    return { ok, document: { app: appId, passed, failed, skipped, findings, output: run.output, durationMs } };
  },
};
