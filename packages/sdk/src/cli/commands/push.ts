import type { Command } from '../command.ts';
import { getProject, pushOptions, pushProject } from '../steps/ensure-app.ts';

export const push: Command = {
  name: 'push', summary: 'save what is in the folder as the draft', usage: '', words: [0, 0],
  options: pushOptions,
  notes: ['Sends only what changed. Somebody else\'s save in between is a conflict (exit 5).', 'Left out: names with a dot in front, __pycache__, node_modules, venv, *.pyc,', 'fapi.json, links, folders with a fapi.json of their own, and what .gitignore and', '.fapiignore name.'],
  async run(context) {
    const project = await getProject(context);
    const { client } = await context.connect();
    const { appId, isNew, pushed } = await pushProject(context, client, project);
    const { version, put, removed, sent, links, nested, newer } = pushed;
    return { ok: true, document: { app: appId, created: isNew, version, put, removed, sent, links, nested, ...(newer ? { newer } : {}) } };
  },
};
