import { connect, readArguments } from './connect.ts';

/** A token of ten minutes for one visitor, one app and the pages of one portal: what a portal's backend answers to its own page. */
const [subject, appId, origin] = readArguments(3, 'mint-embed-token.ts <subject> <app id> <origin>') as [string, string, string];
const fapi = connect();

const { id, usage: _, suspended: __, ...workspace } = await fapi.workspaces.read('default');
if (!workspace.origins.includes(origin)) await fapi.workspaces.put(id, { ...workspace, origins: [...workspace.origins, origin] });
const { token, expiresInSeconds } = await fapi.embedTokens.create({ subject, role: 'deployer', apps: [appId], origins: [origin], ttlSeconds: 600 });
console.log(JSON.stringify({ token, expiresInSeconds }));
fapi.close();
