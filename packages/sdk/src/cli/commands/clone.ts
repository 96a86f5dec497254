import type { Command } from '../command.ts';
import { usageError } from '../failure.ts';
import { plain } from '../terminal/output.ts';
import { followDeployment } from '../steps/follow-deployment.ts';

const environments = ['none', 'keys', 'values'] as const;

export const clone: Command = {
  name: 'clone', summary: 'make an app from another one, on the server', usage: '', words: [0, 0],
  options: {
    title: { value: 'text', summary: 'title of the new app' },
    from: { value: 'state', summary: 'draft (when absent), live, or a digest sha256:…' },
    environment: { value: 'kind', summary: 'none (when absent), keys without values, or values' },
    deploy: { summary: 'make it live' },
  },
  notes: ['Prints the id of the new app. fapi pull <id> brings it into a folder.'],
  async run(context) {
    const { output, text, isSet, world: { signal } } = context;
    const from = text('from') ?? 'draft';
    if (from !== 'draft' && from !== 'live' && !/^sha256:[0-9a-f]{64}$/.test(from)) throw usageError(`--from is "${from}": use draft, live or a whole digest sha256:…`);
    const environment = environments.find((kind) => kind === (text('environment') ?? 'none'));
    if (environment === undefined) throw usageError(`--environment is one of ${environments.join(', ')}`);
    const { client } = await context.connect();
    const title = text('title');
    const app = await client.apps.clone(await context.appId(), { from, environment, deploy: isSet('deploy'), ...(title === undefined ? {} : { title }) }, { signal });
    output.line(app.id);
    output.note(`${plain(app.title)}: ${app.url}`);
    const { ok, document } = app.latest ? await followDeployment(context, client, app.latest) : { ok: true, document: {} };
    return { ok, document: { ...document, app: app.id, title: app.title, url: app.url } };
  },
};
