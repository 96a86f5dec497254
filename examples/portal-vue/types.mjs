// vue-tsc needs a compiler with an API, which TypeScript 7 has not.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
require('vue-tsc').run(require.resolve('typescript-6/lib/tsc'));
