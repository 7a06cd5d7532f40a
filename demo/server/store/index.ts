export type * from './options.js';
export { createS3Store } from './server.js';
