import { defineRoute } from './route.ts';

export const backupRoutes = {
  read: defineRoute({ method: 'GET', path: '/v1/backup', summary: 'Everything that is kept, of all workspaces, as one archive', access: 'operator', status: 200, response: 'bytes', errors: [] }),
} as const;
