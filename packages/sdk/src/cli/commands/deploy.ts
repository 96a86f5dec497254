import type { Command } from '../command.ts';
import { followDeployment } from '../steps/follow-deployment.ts';
import { getProject, pushOptions, pushProject } from '../steps/ensure-app.ts';

export const deploy: Command = {
  name: 'deploy', summary: 'push the folder, make it live and show how', usage: '', words: [0, 0],
  options: { message: { short: 'm', value: 'text', summary: 'a comment on what is deployed' }, ...pushOptions },
  notes: ['Prints the address of the app. Exit 1 when it did not go live: what was live', 'before still serves.'],
  async run(context) {
    const project = await getProject(context);
    const { client } = await context.connect();
    const { signal } = context.world;
    const { appId, pushed } = await pushProject(context, client, project);
    const comment = context.text('message');
    return followDeployment(context, client, await client.deployments.create(appId, { draftVersion: pushed.version, ...(comment === undefined ? {} : { comment }) }, { signal }));
  },
};
