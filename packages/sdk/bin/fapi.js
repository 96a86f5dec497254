#!/usr/bin/env node
// A file that is there before anything is built, so that npm links the command in a fresh clone: there it runs the sources.
import { existsSync } from 'node:fs';

const built = new URL('../dist/cli/main.js', import.meta.url);
await import(existsSync(built) ? built.href : new URL('../src/cli/main.ts', import.meta.url).href);
