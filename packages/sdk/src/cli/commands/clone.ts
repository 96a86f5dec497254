import type { Command } from '../command.ts';
import { usageError } from '../failure.ts';

const environments = ['none', 'keys', 'values'] as const;

export const clone: Command = {
  name: 'clone', summary: 'make a new app from this one', usage: '[title]', words: [0, 1],
  options: {
    from: { value: 'draft|live|digest', summary: 'what it begins with; the draft when absent' },
    environment: { value: 'none|keys|values', summary: 'which variables come along; none when absent' },
    deploy: { summary: 'deploy it at once' },
  },
  notes: ['The folder stays with its own app: fapi pull <id> brings the new one into another.'],
  async run(context) {
    const { output, words: [title], world: { signal } } = context;
    const environment = context.text('environment') ?? 'none';
    if (!(environments as readonly string[]).includes(environment)) throw usageError(`--environment is ${environments.join(', ')}, and not "${environment}"`);
    const { client } = await context.connect();
    const app = await client.apps.clone(await context.appId(), {
      from: context.text('from') ?? 'draft', environment: environment as (typeof environments)[number], deploy: context.isSet('deploy'), ...(title === undefined ? {} : { title }),
    }, { signal });
    output.line(`${app.id}  ${app.title}`);
    output.note(app.latest ? `its deployment is ${app.latest.status}; it will answer at ${app.url}` : `fapi pull ${app.id} brings it here; fapi deploy --app ${app.id} makes it live`);
    return { ok: true, document: { app } };
  },
};
