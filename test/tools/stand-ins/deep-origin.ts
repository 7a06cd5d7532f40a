import { createDeepOriginStandIn } from '../../../demo/server/platforms/deep-origin/index.js';
import type { OpenStandIn } from './open.js';

export const open: OpenStandIn = async ({ store, bucket, quirks }) => {
  const standIn = await createDeepOriginStandIn({ store, bucket, quirks });
  const { orgKey, token, keyOf } = standIn;
  return { standIn, keyOf, info: { orgKey, token } };
};
