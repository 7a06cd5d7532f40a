export { type CorsPolicy, corsHeadersFor } from './cors.js';
export { Exchange } from './exchange.js';
export {
  type ApiFaultRule,
  type ApiFaults,
  createApiFaults,
} from './faults.js';
export { type FormPart, readForm } from './form-data.js';
export { limitRate, type RateLimitQuirks, unlimited } from './rate-limit.js';
export { Refusal } from './refusal.js';
export { type ApiServer, createApiServer, type Route } from './server.js';
export { openState, type StateFile } from './state-file.js';
export type { ApiRequestLog, ApiStats } from './stats.js';
export { type SignOptions, StoredFiles } from './stored-files.js';
export { jsonWebToken, type KnownToken, randomToken, tokenOf } from './tokens.js';
export { type ZippedFile, zipOf } from './zip.js';
