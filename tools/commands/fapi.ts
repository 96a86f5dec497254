import { fileURLToPath } from 'node:url';

/** `bin/fapi`: the command line from its sources, in the folder in which it was called. */
process.env['FAPI_CALLED_AS'] ??= fileURLToPath(new URL('../../bin/fapi', import.meta.url));
process.chdir(process.env['FAPI_CALLED_FROM'] ?? process.env['INIT_CWD'] ?? '.');
await import('../../packages/sdk/src/cli/main.ts');
