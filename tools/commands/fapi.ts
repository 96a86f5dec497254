/** The command line from its sources: `npm run -s fapi -- <command>`, in the folder where npm was called. */
if (process.env['INIT_CWD']) process.chdir(process.env['INIT_CWD']);
await import('../../packages/sdk/src/cli/main.ts');
