import { makeImages } from './setup/images/images.ts';
const t=performance.now();
console.log(await makeImages('/tmp/node-out'), ((performance.now()-t)/1000).toFixed(1));
