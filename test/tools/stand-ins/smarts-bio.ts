import { createSmartsBioStandIn } from '../../../demo/server/platforms/smarts-bio/index.js';
import type { OpenStandIn } from './open.js';

export const open: OpenStandIn = async ({ store, bucket, quirks }) => {
  const standIn = await createSmartsBioStandIn({ store, bucket, quirks });
  const { workspaceId, apiKey } = standIn;
  return {
    standIn,
    keyOf: path => (standIn.has(path) ? standIn.keyOf(path) : undefined),
    info: { workspaceId, apiKey },
  };
};
