import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from '../docs/generated.ts';
import { root } from '../parts/paths.ts';

/** Writes the pages and types that are made from the contract and from the elements' docstrings. */
for (const [file, make] of Object.entries(generatedPages)) writeFileSync(join(root, file), make());
