import { createClient, type FapiClient, isApiError } from '@fapi/sdk';

// What the server refuses is said in its own words; anything else is a fault of the script, with its lines.
process.on('uncaughtException', (error) => {
  console.error(isApiError(error) ? `${error.code}: ${error.message}` : error);
  process.exit(1);
});

/** The client of all scripts here: FAPI_URL (the demo's address when absent) with FAPI_API_KEY. */
export function connect(): FapiClient {
  const apiKey = process.env['FAPI_API_KEY'];
  if (!apiKey) {
    console.error('Set FAPI_API_KEY: an API key of your workspace, or for the demo: export FAPI_API_KEY=$(cat .fapi/operator-key)');
    process.exit(2);
  }
  return createClient({ baseUrl: process.env['FAPI_URL'] ?? 'http://127.0.0.1:8787', apiKey });
}

/** The arguments of a script, or its usage and the end. */
export function readArguments(least: number, usage: string): string[] {
  const words = process.argv.slice(2);
  if (words.length >= least) return words;
  console.error(`usage: node ${usage}`);
  process.exit(2);
}
